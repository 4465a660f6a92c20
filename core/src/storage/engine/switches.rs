//! Ways to break the protocol on purpose, so that the crash suite can prove that it would notice.
#![cfg_attr(not(feature = "simulation"), allow(unreachable_pub, reason = "only the simulation shows them"))]

use std::fmt;

macro_rules! switches {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// Which steps of the protocol are left out. None, outside of the crash suite.
        #[derive(Clone, Copy, Default, PartialEq, Eq)]
        pub struct Switches {
            $($(#[doc = $doc])+ pub $name: bool,)+
        }

        impl Switches {
            /// Every way to break the protocol, one at a time, with its name.
            #[cfg(feature = "simulation")]
            #[must_use]
            pub fn each() -> Vec<(&'static str, Switches)> {
                vec![$((stringify!($name), Switches { $name: true, ..Switches::default() }),)+]
            }
        }

        impl fmt::Debug for Switches {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let on: Vec<&str> = [$((stringify!($name), self.$name),)+]
                    .into_iter()
                    .filter_map(|(name, on)| on.then_some(name))
                    .collect();
                write!(f, "Switches({})", on.join(", "))
            }
        }
    };
}

switches! {
    /// The log is not synced before a commit is acknowledged.
    wal_sync_dropped,
    /// Pages are not synced before the manifest that points at them is written.
    page_sync_dropped,
    /// Large values are not synced before the log refers to them.
    large_sync_dropped,
    /// The manifest is not synced before the log it replaces is reused.
    manifest_sync_dropped,
    /// A grown file is not synced before its new part is used.
    growth_sync_dropped,
    /// The folder is not synced after files were created in it.
    directory_sync_dropped,
    /// Log chunks are reused before the manifest that replaces them is durable.
    chunk_recycled_early,
    /// A flush is believed whatever salt it carries.
    salt_not_checked,
    /// A flush is believed whatever predecessor it names.
    chain_not_checked,
    /// A missing flush is taken for the end of the log even if a later one says it was durable.
    durable_lsn_not_checked,
    /// Pages are reused while the older manifest slot still points at them.
    extent_reused_early,
    /// Readers see commits that are not durable yet.
    visible_before_durable,
}
