//! The order itself, from Unicode's data as ICU4X has them.

use std::cmp::Ordering;

use icu_collator::options::{AlternateHandling, CaseLevel, CollatorOptions, MaxVariable, Strength};
use icu_collator::preferences::{CollationCaseFirst, CollationNumericOrdering};
use icu_collator::provider::{self, Baked, CollationMetadataV1};
use icu_collator::{CollatorBorrowed, CollatorPreferences};
use icu_locale_core::Locale;
use icu_normalizer::provider as normal;
use icu_provider::{DataError, DataPayload, DataProvider, DataRequest, DataResponse};

use super::settings::{CaseFirst, Settings};
use crate::error::{Error, Result};

/// What the keys are made with. Keys of other data, or of other code over them, sort otherwise: whoever changes the
/// version of the crate changes this too, and the test that pins the keys says when.
pub(super) const VERSION: &str = "icu4x-2.4.0";

pub(super) enum Collator {
    /// As the language has it.
    Plain(CollatorBorrowed<'static>),
    /// With accents taken from the other end than the language has it.
    Turned(Box<icu_collator::Collator>),
}

impl Collator {
    pub(super) fn new(settings: &Settings) -> Result<Self> {
        let failed = |error: DataError| {
            let what = format!("the collation {settings} cannot be had: {error}");
            Error::not_implemented(what)
        };
        let (preferences, options) = (preferences(settings)?, options(settings));
        if settings.backwards == settings.locale.backwards() {
            return CollatorBorrowed::try_new(preferences, options).map(Collator::Plain).map_err(failed);
        }
        let provider = Turned { backwards: settings.backwards };
        icu_collator::Collator::try_new_unstable(&provider, preferences, options)
            .map(|collator| Collator::Turned(Box::new(collator)))
            .map_err(failed)
    }

    pub(super) fn order(&self, a: &str, b: &str) -> Ordering {
        match self {
            Collator::Plain(collator) => collator.compare(a, b),
            Collator::Turned(collator) => collator.as_borrowed().compare(a, b),
        }
    }

    pub(super) fn write_key(&self, text: &str, out: &mut Vec<u8>) {
        let Ok(()) = match self {
            Collator::Plain(collator) => collator.write_sort_key_to(text, out),
            Collator::Turned(collator) => collator.as_borrowed().write_sort_key_to(text, out),
        };
    }
}

fn preferences(settings: &Settings) -> Result<CollatorPreferences> {
    let tag = settings.locale.language_tag();
    let locale: Locale =
        tag.parse().map_err(|error| Error::internal(format!("the locale {tag:?}: {error}")))?;
    let mut preferences = CollatorPreferences::from(&locale);
    preferences.case_first = Some(match settings.case_first {
        CaseFirst::Off => CollationCaseFirst::False,
        CaseFirst::Lower => CollationCaseFirst::Lower,
        CaseFirst::Upper => CollationCaseFirst::Upper,
    });
    preferences.numeric_ordering = Some(match settings.numeric_ordering {
        false => CollationNumericOrdering::False,
        true => CollationNumericOrdering::True,
    });
    Ok(preferences)
}

fn options(settings: &Settings) -> CollatorOptions {
    let mut options = CollatorOptions::default();
    options.strength = Some(match settings.strength {
        1 => Strength::Primary,
        2 => Strength::Secondary,
        3 => Strength::Tertiary,
        4 => Strength::Quaternary,
        _ => Strength::Identical,
    });
    options.case_level = Some(if settings.case_level { CaseLevel::On } else { CaseLevel::Off });
    options.alternate_handling =
        Some(if settings.shifted { AlternateHandling::Shifted } else { AlternateHandling::NonIgnorable });
    options.max_variable =
        Some(if settings.only_spaces { MaxVariable::Space } else { MaxVariable::Punctuation });
    options
}

/// The compiled data, but for the end from which accents are taken: no option of the crate says it, only the data
/// of a language do.
struct Turned {
    backwards: bool,
}

/// The bit of a language's metadata that says so.
const BACKWARDS: u32 = 1 << 7;

impl DataProvider<CollationMetadataV1> for Turned {
    fn load(&self, request: DataRequest<'_>) -> Result<DataResponse<CollationMetadataV1>, DataError> {
        let DataResponse::<CollationMetadataV1> { metadata, payload } = Baked.load(request)?;
        let mut data = *payload.get();
        data.bits = if self.backwards { data.bits | BACKWARDS } else { data.bits & !BACKWARDS };
        Ok(DataResponse { metadata, payload: DataPayload::from_owned(data) })
    }
}

/// Hands on what `$of` has for each of the markers.
macro_rules! as_compiled {
    ($of:expr => $($marker:path),+ $(,)?) => {
        $(impl DataProvider<$marker> for Turned {
            fn load(&self, request: DataRequest<'_>) -> Result<DataResponse<$marker>, DataError> {
                $of.load(request)
            }
        })+
    };
}

as_compiled!(Baked =>
    provider::CollationSpecialPrimariesV1,
    provider::CollationRootV1,
    provider::CollationTailoringV1,
    provider::CollationDiacriticsV1,
    provider::CollationJamoV1,
    provider::CollationReorderingV1,
);
as_compiled!(normal::Baked => normal::NormalizerNfdDataV1, normal::NormalizerNfdTablesV1);
