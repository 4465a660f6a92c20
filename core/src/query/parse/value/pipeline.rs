//! An update as a pipeline: `[{$set: {total: {$add: ["$a", "$b"]}}}, {$unset: "a"}]`.

use crate::document::raw::{RawDoc, RawValue, Value};
use crate::error::{Error, Result, code};
use crate::expression::show::{shown, type_name};
use crate::expression::value::fault::at;
use crate::expression::value::{Pipeline, Stage};

use super::super::{Projected, Terms, projection};
use super::fields::set_fields;
use super::{expression, path};

/// Stages that MongoDB has and that change more than one document, or read others.
pub(crate) const STAGES_OF_MANY: &[&str] = &[
    "$bucket",
    "$bucketAuto",
    "$changeStream",
    "$collStats",
    "$count",
    "$densify",
    "$documents",
    "$facet",
    "$fill",
    "$geoNear",
    "$graphLookup",
    "$group",
    "$indexStats",
    "$limit",
    "$listSessions",
    "$lookup",
    "$match",
    "$merge",
    "$out",
    "$planCacheStats",
    "$redact",
    "$sample",
    "$search",
    "$setWindowFields",
    "$skip",
    "$sort",
    "$sortByCount",
    "$unionWith",
    "$unwind",
];

/// Reads an update's pipeline, `$set $addFields $unset $project $replaceWith $replaceRoot`, on these terms.
///
/// # Errors
/// `Invalid` with MongoDB's number: `InvalidOptions` (72) for a stage that an update may not have, 40324 for one
/// that is not known, and each stage's own.
pub(crate) fn pipeline(array: RawDoc<'_>, terms: Terms<'_>) -> Result<Pipeline> {
    let stages = array.iter().map(|(position, value)| {
        let place = |error: Error| error.context(format!("in stage {position} of the update's pipeline"));
        stage(value, terms).map_err(place)
    });
    Ok(Pipeline { stages: stages.collect::<Result<_>>()? })
}

fn stage(value: RawValue<'_>, terms: Terms<'_>) -> Result<Stage> {
    let Some(doc) = value.as_document() else {
        let seen = type_name(value.tag());
        return Err(Error::invalid(
            code::TYPE_MISMATCH,
            format!("each element of a pipeline must be an object, found: {seen}"),
        ));
    };
    let mut fields = doc.iter();
    let (Some((name, argument)), None) = (fields.next(), fields.next()) else {
        return Err(at(40323, "a pipeline stage specification object must contain exactly one field"));
    };
    match name {
        "$set" | "$addFields" => set(name, argument, terms),
        "$unset" => unset(argument),
        "$project" => project(argument, terms),
        "$replaceWith" => expression(argument, terms).map(Stage::ReplaceWith),
        "$replaceRoot" => replace_root(argument, terms),
        _ if STAGES_OF_MANY.contains(&name) => Err(Error::invalid(
            code::INVALID_OPTIONS,
            format!("{name} is not allowed to be used within an update"),
        )),
        _ => Err(at(40324, format!("Unrecognized pipeline stage name: '{name}'"))),
    }
}

fn set(name: &str, argument: RawValue<'_>, terms: Terms<'_>) -> Result<Stage> {
    let Some(doc) = argument.as_document() else {
        let seen = type_name(argument.tag());
        return Err(at(40272, format!("{name} specification stage must be an object, got {seen}")));
    };
    if doc.is_empty() {
        return Err(at(40177, format!("{name}: specification must have at least one field")));
    }
    set_fields(doc, terms).map(Stage::Set)
}

fn project(argument: RawValue<'_>, terms: Terms<'_>) -> Result<Stage> {
    match argument.as_document() {
        Some(doc) if !doc.is_empty() => projection(doc, terms, Projected::Stage).map(Stage::Project),
        Some(_) => Err(at(51272, "$project: specification must have at least one field")),
        None => {
            let seen = type_name(argument.tag());
            Err(at(15969, format!("$project specification must be an object, got {seen}")))
        }
    }
}

/// A name or a list of names; the projection that leaves them out.
fn unset(argument: RawValue<'_>) -> Result<Stage> {
    let mut names: Vec<&str> = Vec::new();
    match argument.read() {
        Value::String(name) => names.push(name),
        Value::Array(array) => {
            for (_, name) in array.iter() {
                match name.as_str() {
                    Some(name) => names.push(name),
                    None => {
                        let seen = shown(name);
                        return Err(at(
                            31120,
                            format!(
                                "$unset specification must be a string or an array containing only string values, found: {seen}"
                            ),
                        ));
                    }
                }
            }
        }
        _ => {
            let seen = type_name(argument.tag());
            return Err(at(
                31002,
                format!("$unset specification must be a string or an array, found: {seen}"),
            ));
        }
    }
    if names.is_empty() {
        return Err(at(31119, "$unset specification must be a string or an array with at least one field"));
    }
    // A name that cannot be one cannot stand in a document either.
    names.iter().try_for_each(|name| path::field_path(name).map(drop))?;
    let excluded = crate::document::builder::RawDocBuf::build(|doc| {
        names.iter().for_each(|name| doc.put(name, Value::Int32(0)));
    });
    projection(excluded.as_doc(), Terms::default(), Projected::Stage).map(Stage::Project)
}

fn replace_root(argument: RawValue<'_>, terms: Terms<'_>) -> Result<Stage> {
    let Some(doc) = argument.as_document() else {
        let seen = type_name(argument.tag());
        return Err(at(
            40229,
            format!("expected an object as specification for $replaceRoot stage, got {seen}"),
        ));
    };
    if let Some((name, _)) = doc.iter().find(|(name, _)| *name != "newRoot") {
        return Err(at(40415, format!("BSON field '$replaceRoot.{name}' is an unknown field")));
    }
    match doc.get("newRoot") {
        Some(root) => expression(root, terms).map(Stage::ReplaceWith),
        None => Err(at(40414, "BSON field '$replaceRoot.newRoot' is missing but a required field")),
    }
}
