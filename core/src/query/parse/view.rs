//! What a view is made of: `[{$match: {…}}, {$sort: {…}}, {$limit: 10}]`.

use crate::document::collation::Collation;
use crate::document::raw::{RawDoc, RawValue};
use crate::error::{Error, Result, code};
use crate::expression::integer;
use crate::expression::projection::Projection;
use crate::expression::show::{shown, type_name};
use crate::expression::value::fault::at;
use crate::query::statement::ViewStage;

use super::value::STAGES_OF_MANY;
use super::{Projected, Terms, filter_within, projection, sort};

/// Stages that change one document, and that a view lacks.
const STAGES_OF_ONE: &[&str] = &["$addFields", "$replaceRoot", "$replaceWith", "$set", "$unset"];

/// Reads the stages of a view whose texts stand in the order of a collation, if there is one.
///
/// # Errors
/// `Invalid` with MongoDB's number: 40324 for a stage that is not known, `OptionNotSupportedOnView` (167) for one that
/// writes, and each stage's own. `Unsupported`: stages that this version lacks.
pub(crate) fn view(array: RawDoc<'_>, collation: Option<&Collation>) -> Result<Vec<ViewStage>> {
    let place = |position: &str| format!("in stage {position} of the view's pipeline");
    array
        .iter()
        .map(|(position, value)| stage(value, collation).map_err(|error| error.context(place(position))))
        .collect()
}

fn stage(value: RawValue<'_>, collation: Option<&Collation>) -> Result<ViewStage> {
    let terms = Terms { collation, ..Terms::default() };
    let Some(doc) = value.as_document() else {
        let seen = type_name(value.tag());
        let what = format!("each element of a pipeline must be an object, found: {seen}");
        return Err(Error::invalid(code::TYPE_MISMATCH, what));
    };
    let mut fields = doc.iter();
    let (Some((name, argument)), None) = (fields.next(), fields.next()) else {
        return Err(at(40323, "a pipeline stage specification object must contain exactly one field"));
    };
    match name {
        "$match" => match argument.as_document() {
            Some(doc) => filter_within(doc, terms).map(ViewStage::Match),
            None => Err(at(15959, "the match filter must be an expression in an object")),
        },
        "$project" => project(argument, collation).map(ViewStage::Project),
        "$sort" => match argument.as_document() {
            Some(doc) if doc.is_empty() => Err(at(15976, "$sort stage must have at least one sort key")),
            Some(doc) => sort(doc).map(|sort| ViewStage::Sort(sort.under(collation))),
            None => Err(at(15973, "the $sort key specification must be an object")),
        },
        "$skip" => number(argument, 5_107_200, name).map(ViewStage::Skip),
        "$limit" => match number(argument, 5_107_201, name)? {
            0 => Err(at(15958, "the limit must be positive")),
            limit => Ok(ViewStage::Limit(limit)),
        },
        "$out" | "$merge" | "$changeStream" => {
            let what = format!("the aggregation stage {name} cannot be used in a view definition");
            Err(Error::invalid(code::OPTION_NOT_SUPPORTED_ON_VIEW, what))
        }
        _ if STAGES_OF_MANY.contains(&name) || STAGES_OF_ONE.contains(&name) => {
            let what = format!("the stage {name} is not supported by this version in a view");
            Err(Error::not_implemented(what))
        }
        _ => Err(at(40324, format!("Unrecognized pipeline stage name: '{name}'"))),
    }
}

fn project(argument: RawValue<'_>, collation: Option<&Collation>) -> Result<Projection> {
    match argument.as_document() {
        Some(doc) if !doc.is_empty() => {
            let fields = projection(doc, Terms { collation, ..Terms::default() }, Projected::Stage)?;
            if fields.metadata.is_empty() {
                return Ok(fields);
            }
            Err(Error::not_implemented("$meta is not supported by this version in a view"))
        }
        Some(_) => Err(at(51272, "$project: specification must have at least one field")),
        None => {
            let seen = type_name(argument.tag());
            Err(at(15969, format!("$project specification must be an object, got {seen}")))
        }
    }
}

fn number(argument: RawValue<'_>, fault: i32, stage: &str) -> Result<u64> {
    let refuse = |what: &str| {
        let seen = shown(argument);
        Err(at(fault, format!("invalid argument to {stage} stage: {what}: {stage}: {seen}")))
    };
    match integer::exact(argument) {
        Some(number) => match u64::try_from(number) {
            Ok(number) => Ok(number),
            Err(_) => refuse("Expected a non-negative number in"),
        },
        None if argument.is_number() => refuse("Expected an integer"),
        None => refuse("Expected a number in"),
    }
}
