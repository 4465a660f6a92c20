//! Field paths and variables: `$a.b`, `$$name.a.b`.

use crate::document::path::Path;
use crate::error::{Error, Result, code};
use crate::expression::value::fault::at;
use crate::expression::value::{FieldPath, Node};

use super::Parser;

impl Parser<'_> {
    pub(super) fn path(&self, text: &str) -> Result<Node> {
        match text.strip_prefix("$$") {
            Some(variable) => self.variable(variable),
            None if text == "$" => Err(at(16872, "'$' by itself is not a valid FieldPath")),
            None => {
                let path = field_path(text.strip_prefix('$').unwrap_or(text))?;
                self.below_current(Some(path))
            }
        }
    }

    /// What stands below `$$CURRENT`, which is the document unless `$let` says otherwise.
    pub(super) fn below_current(&self, path: Option<FieldPath>) -> Result<Node> {
        match self.bound("CURRENT", &path) {
            Some(rebound) => Ok(rebound),
            None => self.below_root(path),
        }
    }

    fn below_root(&self, path: Option<FieldPath>) -> Result<Node> {
        if !self.has_document {
            let what = "variables of a statement are computed before any document is looked at";
            return Err(at(4890500, format!("{what}, but here a field is asked for")));
        }
        Ok(path.map_or(Node::Root, Node::Field))
    }

    /// What stands below a variable that is bound here, or was given with the statement.
    fn bound(&self, name: &str, below: &Option<FieldPath>) -> Option<Node> {
        if let Some((_, variable)) = self.bound.iter().rev().find(|(known, _)| known == name) {
            return Some(Node::Variable(*variable, below.clone()));
        }
        let value = self.variables?.get(name)?;
        Some(Node::constant_below(value, below.as_ref()))
    }

    fn variable(&self, text: &str) -> Result<Node> {
        if text.ends_with('.') {
            return Err(at(40353, format!("FieldPath must not end with a '.': {text:?}")));
        }
        let (name, below) = match text.split_once('.') {
            Some((name, below)) => (name, Some(field_path(below)?)),
            None => (text, None),
        };
        check_read_name(name)?;
        if let Some(bound) = self.bound(name, &below) {
            return Ok(bound);
        }
        Ok(match (name, below) {
            ("CURRENT", below) => self.below_current(below)?,
            ("ROOT", below) => self.below_root(below)?,
            ("NOW", None) => Node::Now,
            ("NOW", Some(_)) | ("REMOVE", _) => Node::Constant(None),
            _ => return Err(at(17276, format!("Use of undefined variable: {name}"))),
        })
    }
}

/// Reads the names of a path.
pub(super) fn field_path(text: &str) -> Result<FieldPath> {
    if text.ends_with('.') {
        return Err(at(40353, format!("FieldPath must not end with a '.': {text:?}")));
    }
    for name in text.split('.') {
        if name.is_empty() {
            return Err(at(15998, format!("FieldPath field names may not be empty strings: {text:?}")));
        }
        if name.starts_with('$') {
            let what = "FieldPath field names may not start with '$'; consider using $getField or $setField";
            return Err(at(16410, format!("{what}: {text:?}")));
        }
        if name.contains('\0') {
            return Err(at(16411, format!("FieldPath field names may not contain a NUL: {text:?}")));
        }
    }
    Ok(FieldPath::new(Path::parse(text)?))
}

/// Checks a name that may stand behind `$$`.
pub(super) fn check_read_name(name: &str) -> Result<()> {
    check_name(name, |first| first.is_ascii_alphabetic())
}

/// Checks a name that `$let` and its kin may bind.
pub(super) fn check_bound_name(name: &str) -> Result<()> {
    if name == "CURRENT" { Ok(()) } else { check_name(name, |first| first.is_ascii_lowercase()) }
}

fn check_name(name: &str, may_begin: impl Fn(char) -> bool) -> Result<()> {
    let refuse = |what: String| Err(Error::invalid(code::FAILED_TO_PARSE, what));
    let Some(first) = name.chars().next() else {
        return refuse("empty variable names are not allowed".to_owned());
    };
    if first.is_ascii() && !may_begin(first) {
        return refuse(format!("'{name}' starts with an invalid character for a user variable name"));
    }
    match name.chars().find(|c| c.is_ascii() && !c.is_ascii_alphanumeric() && *c != '_') {
        Some(c) => refuse(format!("'{name}' contains an invalid character for a variable name: {c:?}")),
        None => Ok(()),
    }
}
