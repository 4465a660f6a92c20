use std::cmp::Ordering;

use super::Collation;
use super::locale::Locale;
use crate::bson::{Bson, Document, doc};
use crate::document::convert::IntoDocument;
use crate::error::ErrorKind;

fn parsed(written: Document) -> crate::Result<Option<Collation>> {
    Collation::parse(written.into_raw()?.as_doc())
}

fn collation(written: Document) -> Collation {
    parsed(written).unwrap_or_else(|error| panic!("{error}")).expect("not simple")
}

fn key(collation: &Collation, text: &str) -> Vec<u8> {
    let mut key = Vec::new();
    collation.write_key(text, &mut key);
    key
}

/// Texts in which every level has something to say.
const TEXTS: &[&str] = &[
    "",
    " ",
    "-",
    "a",
    "A",
    "á",
    "Á",
    "a\u{301}",
    "ä",
    "Ä",
    "å",
    "ab",
    "a b",
    "a-b",
    "aB",
    "Ab",
    "b",
    "B",
    "ch",
    "c",
    "cz",
    "d",
    "10",
    "2",
    "02",
    "a10",
    "a2",
    "cote",
    "coté",
    "côte",
    "côté",
    "ñ",
    "n",
    "nz",
    "o",
    "ö",
    "œ",
    "oe",
    "ß",
    "ss",
    "z",
    "Z",
    "я",
    "а",
    "あ",
    "ア",
    "ｱ",
    "一",
    "丁",
    "한",
    "\u{0}",
    "a\u{0}b",
    "\u{1}",
    "\u{200d}",
    "😀",
    "ａ",
    "ﬁ",
    "fi",
    "\u{5d3}\u{5d7}\u{5d9}\u{5ad}",
    "\u{5d3}\u{5d7}\u{5d9}",
    "i",
    "I",
    "ı",
    "İ",
];

#[test]
fn keys_sort_as_the_texts_do() {
    let mut collations = Vec::new();
    for locale in Locale::all() {
        let (lower, full) = (doc! { "locale": locale.id(), "strength": 5 }, doc! { "locale": locale.id() });
        collations.extend([collation(lower), collation(full)]);
    }
    for strength in 1..=5 {
        for case_level in [false, true] {
            for alternate in ["non-ignorable", "shifted"] {
                let base = doc! { "locale": "en", "strength": strength, "caseLevel": case_level, "alternate": alternate };
                let with = |name: &str, value: Bson| {
                    let mut doc = base.clone();
                    doc.insert(name, value);
                    doc
                };
                collations.push(collation(base.clone()));
                collations.push(collation(with("numericOrdering", true.into())));
                collations.push(collation(with("maxVariable", "space".into())));
                if strength > 1 {
                    collations.push(collation(with("backwards", true.into())));
                }
                if strength > 2 || case_level {
                    collations.push(collation(with("caseFirst", "upper".into())));
                    collations.push(collation(with("caseFirst", "lower".into())));
                }
            }
        }
    }
    for collation in &collations {
        let keys: Vec<Vec<u8>> = TEXTS.iter().map(|text| key(collation, text)).collect();
        for (a, a_key) in TEXTS.iter().zip(&keys) {
            assert!(!a_key.contains(&0), "{collation:?}: {a:?} has the key {a_key:x?}");
            for (b, b_key) in TEXTS.iter().zip(&keys) {
                assert_eq!(collation.order(a, b), a_key.cmp(b_key), "{collation:?}: {a:?} and {b:?}");
            }
        }
    }
}

#[test]
fn each_setting_moves_what_it_should() {
    let check = |written: Document, texts: &[&str], expected: Ordering| {
        let collation = collation(written.clone());
        for pair in texts.windows(2) {
            assert_eq!(collation.order(pair[0], pair[1]), expected, "{written}: {pair:?}");
            assert_eq!(collation.order(pair[1], pair[0]), expected.reverse(), "{written}: {pair:?}");
        }
    };
    let rising = |written: Document, texts: &[&str]| check(written, texts, Ordering::Less);
    let equal = |written: Document, texts: &[&str]| check(written, texts, Ordering::Equal);
    rising(doc! { "locale": "en" }, &["a", "A", "á", "Á", "b", "B"]);
    equal(doc! { "locale": "en", "strength": 1 }, &["role", "rôle", "Rôle", "ROLE"]);
    equal(doc! { "locale": "en", "strength": 2 }, &["role", "ROLE", "Role"]);
    rising(doc! { "locale": "en", "strength": 2 }, &["role", "rôle"]);
    rising(doc! { "locale": "en", "strength": 3 }, &["role", "Role", "rôle", "roles"]);
    equal(
        doc! { "locale": "en", "strength": 3, "alternate": "shifted" },
        &["blackbird", "black-bird", "black bird"],
    );
    rising(
        doc! { "locale": "en", "strength": 4, "alternate": "shifted" },
        &["black bird", "black-bird", "blackbird"],
    );
    equal(doc! { "locale": "en", "strength": 4 }, &["\u{5d3}\u{5d7}\u{5d9}", "\u{5d3}\u{5d7}\u{5d9}\u{5ad}"]);
    rising(
        doc! { "locale": "en", "strength": 5 },
        &["\u{5d3}\u{5d7}\u{5d9}", "\u{5d3}\u{5d7}\u{5d9}\u{5ad}"],
    );
    equal(doc! { "locale": "en", "strength": 5 }, &["\u{e1}", "a\u{301}"]);
    equal(doc! { "locale": "en", "strength": 1, "caseLevel": true }, &["role", "rôle"]);
    rising(doc! { "locale": "en", "strength": 1, "caseLevel": true }, &["role", "Role"]);
    rising(doc! { "locale": "en", "caseFirst": "upper" }, &["A", "a", "B", "b"]);
    rising(doc! { "locale": "en", "caseFirst": "lower" }, &["a", "A", "b", "B"]);
    rising(doc! { "locale": "en", "numericOrdering": true }, &["2", "10", "100", "a2", "a10"]);
    equal(doc! { "locale": "en", "numericOrdering": true }, &["2", "02"]);
    rising(doc! { "locale": "en" }, &["10", "2"]);
    equal(doc! { "locale": "en", "alternate": "shifted", "maxVariable": "space" }, &["ab", "a b"]);
    rising(doc! { "locale": "en", "alternate": "shifted", "maxVariable": "space" }, &["a-b", "ab"]);
    rising(doc! { "locale": "fr" }, &["cote", "coté", "côte", "côté"]);
    rising(doc! { "locale": "fr_CA" }, &["cote", "côte", "coté", "côté"]);
    rising(doc! { "locale": "fr_CA", "backwards": false }, &["cote", "coté", "côte", "côté"]);
    rising(doc! { "locale": "es", "backwards": true }, &["cote", "côte", "coté", "côté", "nz", "ñ", "o"]);
    rising(doc! { "locale": "en", "normalization": true }, &["a", "á", "b"]);
}

#[test]
fn languages_have_their_orders() {
    let rising = |locale: &str, texts: &[&str]| {
        let collation = collation(doc! { "locale": locale });
        for pair in texts.windows(2) {
            assert_eq!(collation.order(pair[0], pair[1]), Ordering::Less, "{locale}: {pair:?}");
        }
    };
    rising("de", &["a", "ä", "ad", "äd", "af", "o", "ö", "z"]);
    rising("de@collation=phonebook", &["ad", "ae", "ä", "af", "oe", "ö", "of"]);
    rising("sv", &["a", "o", "z", "å", "ä", "ö"]);
    rising("da", &["A", "a", "z", "æ", "ø", "å"]);
    rising("nb", &["a", "z", "æ", "ø", "å"]);
    rising("nn", &["a", "z", "æ", "ø", "å"]);
    rising("fi", &["v", "z", "å", "ä", "ö"]);
    rising("et", &["s", "š", "z", "ž", "t", "u", "õ", "ä", "ö", "ü"]);
    rising("es", &["ch", "cz", "d", "n", "nz", "ñ", "o"]);
    rising("es@collation=traditional", &["cz", "ch", "d", "lz", "ll", "m"]);
    rising("cs", &["c", "č", "h", "hz", "ch", "i", "r", "ř"]);
    rising("pl", &["a", "az", "ą", "l", "lz", "ł", "m"]);
    rising("hu", &["cz", "cs", "d", "o", "oz", "ö"]);
    rising("tr", &["h", "ı", "i", "j"]);
    rising("lt", &["i", "y", "k"]);
    rising("cy", &["c", "cz", "ch", "d", "dd", "e"]);
    rising("vi", &["a", "ă", "â", "b", "d", "đ", "e"]);
    rising("ru", &["а", "я", "a", "z"]);
    rising("en", &["a", "z", "а", "я"]);
    rising("en_US_POSIX", &["A", "B", "a", "b"]);
    rising("zh", &["阿", "八", "北京", "上海"]);
    rising("zh_Hant", &["一", "丁", "三"]);
    rising("ja", &["あ", "い", "亜"]);
    rising("ko", &["가", "나"]);
}

#[test]
fn all_fields_are_listed_and_read_again() {
    let listed = collation(doc! { "locale": "fr_CA" });
    let expected = doc! {
        "locale": "fr_CA", "caseLevel": false, "caseFirst": "off", "strength": 3, "numericOrdering": false,
        "alternate": "non-ignorable", "maxVariable": "punct", "normalization": false, "backwards": true,
        "version": super::collator::VERSION,
    };
    assert_eq!(listed.to_doc(), expected.into_raw().unwrap().as_doc());
    for locale in Locale::all() {
        let written = collation(doc! { "locale": locale.id() });
        assert_eq!(Collation::parse(written.to_doc()).unwrap(), Some(written));
    }
    assert_eq!(parsed(doc! { "locale": "simple" }).unwrap(), None);
    let default = |locale: &str, field: &str| {
        let collation = collation(doc! { "locale": locale });
        let doc: Document = crate::document::convert::read(collation.to_doc()).unwrap();
        doc.get(field).cloned().unwrap()
    };
    assert_eq!(default("da", "caseFirst"), Bson::from("upper"));
    assert_eq!(default("th", "alternate"), Bson::from("shifted"));
    assert_eq!(default("el", "normalization"), Bson::from(true));
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let check = |written: Document, code: i32, word: &str| {
        let error = parsed(written.clone()).expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::Invalid, "{written}: {error}");
        assert_eq!(error.code(), Some(code), "{written}: {error}");
        assert!(error.message().contains(word), "{written}: {error}");
    };
    check(doc! {}, 40414, "locale");
    check(doc! { "strength": 1 }, 40414, "locale");
    check(doc! { "locale": 1 }, 14, "locale");
    check(doc! { "locale": "en", "blah": 1 }, 40415, "blah");
    check(doc! { "locale": "simple", "strength": 1 }, 9, "strength");
    for id in
        ["", "xx", "root", "en-US", "en_us", "EN", "en_GB", "en_", "_en", "de@phonebook", "de@collation="]
    {
        check(doc! { "locale": id }, 2, "locale");
    }
    check(doc! { "locale": "en_GB" }, 2, "Did you mean 'en'?");
    check(doc! { "locale": "en@collation=phonebook" }, 2, "phonebook");
    check(doc! { "locale": "de\0" }, 2, "locale");
    for field in ["caseLevel", "numericOrdering", "normalization", "backwards"] {
        check(doc! { "locale": "en", field: 1 }, 14, field);
        check(doc! { "locale": "en", field: Bson::Null }, 14, field);
        check(doc! { "locale": "en", field: "true" }, 14, field);
    }
    for field in ["caseFirst", "alternate", "maxVariable"] {
        check(doc! { "locale": "en", field: 1 }, 14, field);
        check(doc! { "locale": "en", field: "Upper" }, 2, field);
        check(doc! { "locale": "en", field: "" }, 2, field);
    }
    check(doc! { "locale": "en", "strength": "1" }, 14, "strength");
    check(doc! { "locale": "en", "strength": true }, 14, "strength");
    for strength in [Bson::from(0), Bson::from(6), Bson::from(-1), Bson::from(2.5), Bson::from(f64::NAN)] {
        check(doc! { "locale": "en", "strength": strength }, 2, "strength");
    }
    check(doc! { "locale": "en", "strength": 1, "backwards": true }, 2, "backwards");
    check(doc! { "locale": "fr_CA", "strength": 1 }, 2, "backwards");
    check(doc! { "locale": "en", "strength": 2, "caseFirst": "upper" }, 2, "caseFirst");
    check(doc! { "locale": "en", "version": "57.1" }, 161, "57.1");
    check(doc! { "locale": "en", "version": 57 }, 14, "version");
    for strength in [Bson::from(2_i64), Bson::from(2.0)] {
        let two = collation(doc! { "locale": "en", "strength": strength });
        assert_eq!(two, collation(doc! { "locale": "en", "strength": 2 }));
    }
}

#[test]
fn languages_without_data_are_unsupported() {
    for id in ["haw", "de@collation=search", "zh@collation=big5han", "ln@collation=phonetic"] {
        let error = parsed(doc! { "locale": id }).expect_err("no data");
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert!(error.message().contains(id), "{error}");
    }
}

/// A language that the data do not know gets the root's order silently; only these have none of their own.
#[test]
fn every_language_has_data_of_its_own_or_is_known_to_need_none() {
    use icu_collator::provider::{Baked, CollationMetadataV1};
    use icu_provider::{
        DataIdentifierBorrowed, DataMarkerAttributes, DataProvider, DataRequest, DataResponse,
    };
    const ROOT: &[&str] =
        &["ca", "de", "de_AT", "en", "en_US", "fr", "ga", "id", "it", "lb", "ms", "nl", "pt", "sw", "zu"];
    for locale in Locale::all() {
        let tag = locale.language_tag();
        let parsed: icu_locale_core::Locale = tag.parse().unwrap();
        let data_locale = icu_provider::DataLocale::from(parsed.id);
        let variant = tag.split_once("-u-co-").map_or("", |(_, variant)| variant);
        let attributes = DataMarkerAttributes::from_str_or_panic(variant);
        let id = DataIdentifierBorrowed::for_marker_attributes_and_locale(attributes, &data_locale);
        let response: Result<DataResponse<CollationMetadataV1>, _> =
            Baked.load(DataRequest { id, metadata: Default::default() });
        let bits = response.map(|response| response.payload.get().bits);
        let is_root = bits.as_ref().is_ok_and(|bits| *bits == 1);
        assert!(bits.is_ok(), "{tag}: {bits:?}");
        assert_eq!(is_root, ROOT.contains(&locale.id().as_str()), "{tag}: {bits:?}");
    }
}

/// Keys lie in files: when they change, the version has to change with them.
#[test]
fn the_keys_of_this_version_are_these() {
    use xxhash_rust::xxh3::Xxh3;
    let sum = |written: Document| {
        let (collation, mut sum) = (collation(written), Xxh3::new());
        let mut text = String::new();
        for c in '\0'..=char::MAX {
            text.clear();
            text.push(c);
            sum.update(&key(&collation, &text));
        }
        for text in TEXTS {
            sum.update(&key(&collation, text));
        }
        sum.digest()
    };
    let sums =
        ["en", "sv", "zh", "ja", "vi", "ar"].map(|locale| sum(doc! { "locale": locale, "strength": 4 }));
    assert_eq!(
        (super::collator::VERSION, sums),
        (
            "icu4x-2.4.0",
            [
                13747959617882991084,
                12269801476278162760,
                8707136116244445087,
                10554478009370357723,
                964962678692834760,
                1382954479380262404,
            ]
        )
    );
}
