//! The languages that MongoDB's manual lists, and how each orders unless it is told otherwise.

use crate::error::{Error, Result, code};

/// A row of the manual's table.
struct Language {
    /// As MongoDB writes it.
    id: &'static str,
    /// The other orders that it has.
    variants: &'static [Variant],
    traits: u8,
}

/// Another order of a language.
struct Variant {
    /// As MongoDB writes it, behind `@collation=`.
    name: &'static str,
    /// As a language tag says it; none where there are no data for it.
    key: Option<&'static str>,
}

/// So much of an id is shown in messages.
const SHOWN_CHARS_MAX: usize = 64;

/// Capitals come first.
const UPPER_FIRST: u8 = 1 << 0;
/// Spaces and punctuation are passed over.
const SHIFTED: u8 = 1 << 1;
/// Accents count from the end of the text.
const BACKWARDS: u8 = 1 << 2;
/// Texts are brought into their normal form. It is always done here, and told as MongoDB tells it.
const NORMALIZED: u8 = 1 << 3;
/// The order is not the root's, and there are no data for it.
const NO_DATA: u8 = 1 << 4;

const PLAIN: u8 = 0;

const fn language(id: &'static str, traits: u8, variants: &'static [Variant]) -> Language {
    Language { id, variants, traits }
}

const fn variant(name: &'static str, key: &'static str) -> Variant {
    Variant { name, key: Some(key) }
}

const fn without_data(name: &'static str) -> Variant {
    Variant { name, key: None }
}

const NONE: &[Variant] = &[];
const SEARCH: &[Variant] = &[without_data("search")];
const TRADITIONAL: &[Variant] = &[variant("traditional", "trad")];
const SEARCH_TRADITIONAL: &[Variant] = &[without_data("search"), variant("traditional", "trad")];
const CHINESE: &[Variant] = &[
    without_data("big5han"),
    without_data("gb2312han"),
    variant("pinyin", "pinyin"),
    variant("stroke", "stroke"),
    variant("unihan", "unihan"),
    variant("zhuyin", "zhuyin"),
];

/// By id.
const LANGUAGES: &[Language] = &[
    language("af", PLAIN, NONE),
    language("am", PLAIN, NONE),
    language("ar", PLAIN, &[variant("compat", "compat")]),
    language("as", NORMALIZED, NONE),
    language("az", PLAIN, SEARCH),
    language("be", PLAIN, NONE),
    language("bg", PLAIN, NONE),
    language("bn", NORMALIZED, TRADITIONAL),
    language("bo", NO_DATA, NONE),
    language("bs", PLAIN, SEARCH),
    language("bs_Cyrl", PLAIN, NONE),
    language("ca", PLAIN, SEARCH),
    language("chr", PLAIN, NONE),
    language("cs", PLAIN, SEARCH),
    language("cy", PLAIN, NONE),
    language("da", UPPER_FIRST, SEARCH),
    language("de", PLAIN, &[without_data("search"), variant("eor", "eor"), variant("phonebook", "phonebk")]),
    language("de_AT", PLAIN, &[without_data("phonebook")]),
    language("dsb", PLAIN, NONE),
    language("dz", NO_DATA, NONE),
    language("ee", PLAIN, NONE),
    language("el", NORMALIZED, NONE),
    language("en", PLAIN, NONE),
    language("en_US", PLAIN, NONE),
    language("en_US_POSIX", PLAIN, NONE),
    language("eo", PLAIN, NONE),
    language("es", PLAIN, SEARCH_TRADITIONAL),
    language("et", PLAIN, NONE),
    language("fa", NORMALIZED, NONE),
    language("fa_AF", NORMALIZED | NO_DATA, NONE),
    language("fi", PLAIN, SEARCH_TRADITIONAL),
    language("fil", PLAIN, NONE),
    language("fo", PLAIN, SEARCH),
    language("fr", PLAIN, NONE),
    language("fr_CA", BACKWARDS, NONE),
    language("ga", PLAIN, NONE),
    language("gl", PLAIN, SEARCH),
    language("gu", NORMALIZED, NONE),
    language("ha", PLAIN, NONE),
    language("haw", NO_DATA, NONE),
    language("he", NORMALIZED, SEARCH),
    language("hi", NORMALIZED, NONE),
    language("hr", PLAIN, SEARCH),
    language("hsb", PLAIN, NONE),
    language("hu", PLAIN, NONE),
    language("hy", PLAIN, NONE),
    language("id", PLAIN, NONE),
    language("ig", NORMALIZED, NONE),
    language("is", PLAIN, SEARCH),
    language("it", PLAIN, NONE),
    language("ja", PLAIN, &[variant("unihan", "unihan")]),
    language("ka", PLAIN, NONE),
    language("kk", PLAIN, NONE),
    language("kl", NO_DATA, SEARCH),
    language("km", NORMALIZED, NONE),
    language("kn", NORMALIZED, TRADITIONAL),
    language("ko", PLAIN, &[without_data("search"), without_data("searchjl"), variant("unihan", "unihan")]),
    language("kok", NORMALIZED, NONE),
    language("ky", PLAIN, NONE),
    language("lb", PLAIN, NONE),
    language("lkt", NO_DATA, NONE),
    language("ln", NO_DATA, &[without_data("phonetic")]),
    language("lo", PLAIN, NONE),
    language("lt", PLAIN, NONE),
    language("lv", PLAIN, NONE),
    language("mk", PLAIN, NONE),
    language("ml", PLAIN, NONE),
    language("mn", PLAIN, NONE),
    language("mr", NORMALIZED, NONE),
    language("ms", PLAIN, NONE),
    language("mt", UPPER_FIRST, NONE),
    language("my", NORMALIZED, NONE),
    language("nb", PLAIN, SEARCH),
    language("ne", PLAIN, NONE),
    language("nl", PLAIN, NONE),
    language("nn", PLAIN, SEARCH),
    language("om", PLAIN, NONE),
    language("or", NORMALIZED, NONE),
    language("pa", NORMALIZED, NONE),
    language("pl", PLAIN, NONE),
    language("ps", NORMALIZED, NONE),
    language("pt", PLAIN, NONE),
    language("ro", PLAIN, NONE),
    language("ru", PLAIN, NONE),
    language("se", NO_DATA, SEARCH),
    language("si", NORMALIZED, &[variant("dictionary", "dict")]),
    language("sk", PLAIN, SEARCH),
    language("sl", PLAIN, NONE),
    language("smn", NO_DATA, SEARCH),
    language("sq", PLAIN, NONE),
    language("sr", PLAIN, NONE),
    language("sr_Latn", PLAIN, SEARCH),
    language("sv", PLAIN, SEARCH),
    language("sw", PLAIN, NONE),
    language("ta", NORMALIZED, NONE),
    language("te", NORMALIZED, NONE),
    language("th", SHIFTED | NORMALIZED, NONE),
    language("to", PLAIN, NONE),
    language("tr", PLAIN, SEARCH),
    language("ug", PLAIN, NONE),
    language("uk", PLAIN, NONE),
    language("ur", PLAIN, NONE),
    language("vi", NORMALIZED, TRADITIONAL),
    language("wae", NO_DATA, NONE),
    language("yi", NORMALIZED | NO_DATA, SEARCH),
    language("yo", NORMALIZED, NONE),
    language("zh", PLAIN, CHINESE),
    language("zh_Hant", PLAIN, CHINESE),
    language("zu", PLAIN, NONE),
];

/// A language and the order of it that is meant.
#[derive(Clone, Copy)]
pub(super) struct Locale {
    language: &'static Language,
    variant: Option<&'static Variant>,
}

impl Locale {
    /// The language of this id, which MongoDB wants written exactly so: `de`, `en_US`, `de@collation=phonebook`.
    ///
    /// # Errors
    /// `Invalid`, `BadValue` (2): there is none. `Unsupported`: there are no data for it.
    pub(super) fn named(id: &str) -> Result<Self> {
        let (base, variant) = match id.split_once("@collation=") {
            Some((base, variant)) => (base, Some(variant)),
            None => (id, None),
        };
        let language = find(base).ok_or_else(|| unknown(id))?;
        let variant = match variant {
            None => None,
            Some(name) => {
                let known = language.variants.iter().find(|known| known.name == name);
                Some(known.ok_or_else(|| unknown(id))?)
            }
        };
        let without_data = match variant {
            Some(variant) => variant.key.is_none(),
            None => language.traits & NO_DATA != 0,
        };
        if without_data {
            let what = format!("this version has no data for the collation's locale {id:?}");
            return Err(Error::not_implemented(what));
        }
        Ok(Self { language, variant })
    }

    /// As MongoDB writes it.
    pub(super) fn id(self) -> String {
        let base = self.language.id;
        self.variant.map_or_else(|| base.to_owned(), |variant| format!("{base}@collation={}", variant.name))
    }

    /// As BCP 47 writes it.
    #[cfg_attr(not(feature = "collation"), expect(dead_code, reason = "nobody orders without data"))]
    pub(super) fn language_tag(self) -> String {
        let base = self.language.id.replace('_', "-");
        let key = self.variant.and_then(|variant| variant.key);
        key.map_or(base.clone(), |key| format!("{base}-u-co-{key}"))
    }

    pub(super) fn upper_first(self) -> bool {
        self.language.traits & UPPER_FIRST != 0
    }

    pub(super) fn shifted(self) -> bool {
        self.language.traits & SHIFTED != 0
    }

    pub(super) fn backwards(self) -> bool {
        self.language.traits & BACKWARDS != 0
    }

    pub(super) fn normalized(self) -> bool {
        self.language.traits & NORMALIZED != 0
    }

    /// Every language and order of which there are data.
    #[cfg(test)]
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let orders = |language: &'static Language| {
            let plain = (language.traits & NO_DATA == 0).then_some(None);
            let others = language.variants.iter().filter(|variant| variant.key.is_some()).map(Some);
            plain.into_iter().chain(others).map(move |variant| Self { language, variant })
        };
        LANGUAGES.iter().flat_map(orders)
    }
}

fn find(id: &str) -> Option<&'static Language> {
    LANGUAGES.iter().find(|language| language.id == id)
}

fn unknown(id: &str) -> Error {
    let shown: String = id.chars().take(SHOWN_CHARS_MAX).collect();
    let mut what = format!("the collation's field 'locale' is invalid: {shown:?}");
    if id.is_empty() {
        what.push_str(", it cannot be empty");
    }
    let base = id.split(['_', '-', '@']).next().unwrap_or_default().to_ascii_lowercase();
    if let Some(near) = find(&base) {
        what.push_str(&format!(". Did you mean '{}'?", near.id));
    }
    Error::invalid(code::BAD_VALUE, what)
}
