//! Tests that want several indexes walked together wherever that can be, whatever it costs.

#[cfg(feature = "simulation")]
use std::cell::Cell;

#[cfg(feature = "simulation")]
thread_local! {
    static FORCED: Cell<bool> = const { Cell::new(false) };
}

/// Does `act`; what is planned meanwhile on this thread goes by several indexes together where it can.
#[cfg(feature = "simulation")]
pub fn intersecting<T>(act: impl FnOnce() -> T) -> T {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            FORCED.set(self.0);
        }
    }
    let _restore = Restore(FORCED.replace(true));
    act()
}

/// Whether that is wanted.
pub(super) fn intersects() -> bool {
    #[cfg(feature = "simulation")]
    return FORCED.get();
    #[cfg(not(feature = "simulation"))]
    return false;
}
