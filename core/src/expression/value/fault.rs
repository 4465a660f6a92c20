//! The errors of expressions, with MongoDB's numbers.

use crate::document::raw::{DEPTH_MAX, DOCUMENT_BYTES_MAX};
use crate::error::{Error, code};

/// A number and its name.
pub(crate) type Code = (i32, &'static str);

/// MongoDB's number for a conversion that cannot be made.
pub(crate) const CONVERSION_FAILURE: Code = (241, "ConversionFailure");
/// MongoDB's number for a stage or an expression that does not exist.
pub(crate) const INVALID_PIPELINE_OPERATOR: Code = (168, "InvalidPipelineOperator");

/// The codes that MongoDB numbers by the place in its source are named after their number.
macro_rules! locations {
    ($($number:literal)+) => {
        /// The code of one of MongoDB's numbered mistakes.
        pub(crate) const fn location(number: i32) -> Code {
            match number {
                2 => code::BAD_VALUE,
                9 => code::FAILED_TO_PARSE,
                14 => code::TYPE_MISMATCH,
                40414 => code::IDL_FAILED_TO_PARSE,
                40415 => code::IDL_UNKNOWN_FIELD,
                $($number => ($number, concat!("Location", $number)),)+
                _ => (number, "Location"),
            }
        }
    };
}

locations! {
    10065 15983 15998 16006 16007 16020 16034 16035 16406 16410 16411 16412 16610 16612 16702
    16872 16874 16875 16876 16877 16878 16879 16880 16882 16883 17040 17041 17042 17043 17044 17045 17046
    17047 17048 17049 17080 17081 17082 17083 17124 17275 17276 18533 18534 18535 18536 18537 18628 18629 28646 28647 28648 28650
    28651 28656 28657 28664 28667 28680 28689 28690 28691 28714 28724 28725 28726 28727 28728 28729 28756 28757 28758
    28759 28761 28762 28763 28764 28765 28766 17307 17308 31249 31250 31252 31253 31254 31255 31256 31271 31274 31275 31276
    31308 31310 31324 31325 31394 31395 40352 51050 51246 51247 51270 4890500 5392900 34435 34443 34444 34445 34446 34447 34448 34449 34450 34451 34452
    34453 34454 34455 34460 34461 34462 34463 34464 34465 34466 34467 34468 34471 34473 40060 40061 40062 40063 40064
    15958 15959 15969 15974 15975 15973 15976 5107200 5107201 40176 40177 40180 40228 40229 40272 40323 40324 51272 40065 40066 40067 40068 40075 40076 40077 40078 40079 40080 40081 40085 40086 40087 40090 40091 40092 40093 40094
    40096 40097 40353 40386 40390 40391 40392 40393 40394 40395 40396 40397 40398 40400 40485 40517 40535 40539 50694
    50695 50696 50699 50700 50752 51044 51045 51080 51081 51082 51083 51198 51744 51745 51746 51747 51748 51749 51750 51751
    327391 327392 1257300 2942500 2942501 2942502 2942503 2942504 2942505 2942506 2942507 3041701 3041702 3041703
    4161100 4161101 4161102 4161103 4161105 4161106 4161107 4161108 4161109 4940400 5166301 5166302 5166303 5166304
    5166305 5166307 5166400 5166401 5166402 5166403 5166404 5166405 5166406 5439013 5439015 5654600 5654601 5654602
    7472500
}

pub(crate) fn at(number: i32, message: impl Into<String>) -> Error {
    Error::invalid(location(number), message)
}

pub(super) fn type_mismatch(message: impl Into<String>) -> Error {
    Error::invalid(code::TYPE_MISMATCH, message)
}

/// MongoDB's `FailedToParse`, or what else `number` says.
pub(super) fn failed_to_parse(number: i32, message: impl Into<String>) -> Error {
    at(number, message)
}

pub(super) fn bad_value(message: impl Into<String>) -> Error {
    Error::invalid(code::BAD_VALUE, message)
}

pub(super) fn overflow(message: impl Into<String>) -> Error {
    Error::invalid(code::OVERFLOW, message)
}

pub(super) fn unsupported(message: impl Into<String>) -> Error {
    Error::not_implemented(message)
}

pub(super) fn too_large(bytes: usize) -> Error {
    let message =
        format!("an expression made a value of {bytes} bytes, over the limit of {DOCUMENT_BYTES_MAX} bytes");
    Error::invalid(code::BSON_OBJECT_TOO_LARGE, message)
}

pub(crate) fn too_deep() -> Error {
    overflow(format!("an expression made a value nested over {DEPTH_MAX} levels deep"))
}
