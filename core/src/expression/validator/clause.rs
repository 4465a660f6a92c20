//! A validator as it was written: which clauses it has, and which of them a document breaks.

use super::leaf::Leaf;
use crate::document::builder::{DocWriter, RawDocBuf};
use crate::document::raw::{RawDoc, RawValue, Value, tag};
use crate::expression::schema::{Schema, annotate, number, tell};
use crate::expression::value::{Expression, Moment};

/// One clause. Each can be asked on its own.
#[derive(Debug, Clone)]
pub(crate) enum Clause {
    Group(Group, Vec<Clause>),
    /// `$not`.
    Not(Box<Clause>),
    Leaf(Box<Leaf>),
    /// `$jsonSchema`, and how it was written.
    Schema(Box<Schema>, RawDocBuf),
    /// `$expr`, and `{$expr: …}` as it was written.
    Expression(Box<Expression>, RawDocBuf),
}

/// How clauses are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    And,
    Or,
    Nor,
}

impl Clause {
    /// Whether a document satisfies it; one over which an expression fails does not.
    pub(crate) fn holds(&self, doc: RawDoc<'_>, moment: &Moment<'_>) -> bool {
        match self {
            Clause::Group(Group::And, clauses) => clauses.iter().all(|clause| clause.holds(doc, moment)),
            Clause::Group(Group::Or, clauses) => clauses.iter().any(|clause| clause.holds(doc, moment)),
            Clause::Group(Group::Nor, clauses) => !clauses.iter().any(|clause| clause.holds(doc, moment)),
            Clause::Not(clause) => !clause.holds(doc, moment),
            Clause::Leaf(leaf) => leaf.filter.matches_at(doc, moment).unwrap_or(false),
            Clause::Schema(schema, _) => schema.takes(whole(doc)),
            Clause::Expression(expression, _) => expression.holds(doc, moment).unwrap_or(false),
        }
    }

    /// Puts into `out` why the clause does not hold, or, `inverted`, that it holds where it should not.
    pub(super) fn tell(&self, doc: RawDoc<'_>, inverted: bool, moment: &Moment<'_>, out: &mut DocWriter<'_>) {
        match self {
            Clause::Group(group, clauses) => tell_group(*group, clauses, doc, inverted, moment, out),
            Clause::Not(clause) => {
                out.put("operatorName", Value::String("$not"));
                clause.tell(doc, !inverted, moment, &mut out.document("details"));
            }
            Clause::Leaf(leaf) => leaf.tell(doc, inverted, out),
            Clause::Schema(schema, source) => {
                let source = source.as_doc();
                out.put("operatorName", Value::String("$jsonSchema"));
                if inverted {
                    out.put("reason", Value::String("schema matched"));
                    return;
                }
                annotate(source, out);
                tell(schema, source, whole(doc), &mut out.array("schemaRulesNotSatisfied"));
            }
            Clause::Expression(expression, source) => {
                out.put("operatorName", Value::String("$expr"));
                out.put("specifiedAs", Value::Document(source.as_doc()));
                tell_expression(expression, doc, inverted, moment, out);
            }
        }
    }
}

fn tell_group(
    group: Group,
    clauses: &[Clause],
    doc: RawDoc<'_>,
    inverted: bool,
    moment: &Moment<'_>,
    out: &mut DocWriter<'_>,
) {
    let name = match group {
        Group::And => "$and",
        Group::Or => "$or",
        Group::Nor => "$nor",
    };
    // What `$nor` joins is told of as if each clause should not hold.
    let inverted = inverted != (group == Group::Nor);
    out.put("operatorName", Value::String(name));
    let mut list = out.array(if inverted { "clausesSatisfied" } else { "clausesNotSatisfied" });
    for (at, clause) in clauses.iter().enumerate() {
        if clause.holds(doc, moment) != inverted {
            continue;
        }
        let mut one = list.document();
        one.put("index", number(at));
        clause.tell(doc, inverted, moment, &mut one.document("details"));
    }
}

fn tell_expression(
    expression: &Expression,
    doc: RawDoc<'_>,
    inverted: bool,
    moment: &Moment<'_>,
    out: &mut DocWriter<'_>,
) {
    match expression.evaluate(doc, moment) {
        Ok(result) => {
            let reason = if inverted { "expression did match" } else { "expression did not match" };
            out.put("reason", Value::String(reason));
            if let Some(result) = result.raw() {
                out.append("expressionResult", result);
            }
        }
        Err(error) => {
            out.put("reason", Value::String("failed to evaluate aggregation expression"));
            let mut details = out.document("details");
            details.put("code", Value::Int32(error.code().unwrap_or(1)));
            details.put("codeName", Value::String(error.code_name().unwrap_or("InternalError")));
            details.put("errmsg", Value::String(error.message()));
        }
    }
}

fn whole(doc: RawDoc<'_>) -> RawValue<'_> {
    RawValue::new(tag::DOCUMENT, doc.as_bytes())
}
