//! The arguments of an operator, in the shape that it asks for.

use crate::document::collation::Collation;
use crate::document::raw::{RawDoc, RawValue, Value, tag};
use crate::error::Result;
use crate::expression::show::{shown, type_name};
use crate::expression::value::fault::at;
use crate::expression::value::{Function, Named, Node, Order, Shape, SortArray, ZIP};

use super::Parser;

impl Parser<'_> {
    pub(super) fn call(&mut self, function: &'static Function, argument: RawValue<'_>) -> Result<Node> {
        let name = function.name;
        let arguments = match function.shape {
            Shape::Literal => return Ok(Node::Constant(Some(argument.into()))),
            Shape::Let => return self.binding(argument),
            Shape::Each(kind) => return self.each(kind, argument),
            Shape::SortArray => return self.sort_array(argument),
            Shape::Between(least, most) => {
                let arguments = self.list(argument)?;
                check_count(name, arguments.len(), least, most)?;
                arguments
            }
            Shape::AtLeast(least, number) => {
                let arguments = self.list(argument)?;
                if arguments.len() < least {
                    let seen = arguments.len();
                    return Err(at(number, format!("{name} needs at least {least} arguments, had: {seen}")));
                }
                arguments
            }
            Shape::Named(named) => self.named(name, named, argument)?,
            Shape::NamedOrExactly(named, count) => match argument.as_document() {
                Some(doc) if !is_operator(doc) => self.named(name, named, argument)?,
                _ => {
                    let arguments = self.list(argument)?;
                    check_count(name, arguments.len(), count, count)?;
                    arguments
                }
            },
            Shape::NamedOrOne(named) => match argument.as_document() {
                Some(doc) if !is_operator(doc) => self.named(name, named, argument)?,
                _ => {
                    let arguments = self.list(argument)?;
                    check_count(name, arguments.len(), 1, 1)?;
                    arguments
                }
            },
            Shape::Switch => self.switch(argument)?,
            Shape::Zip => self.zip(argument)?,
            Shape::ConstantField(named, numbers) => {
                check_field(name, argument.as_document().and_then(|doc| doc.get("field")), numbers, || {
                    self.named(name, named, argument)
                })?
            }
            Shape::GetField(named, numbers) => self.get_field(name, named, numbers, argument)?,
        };
        Node::Call(function, arguments.into()).folded(self.collation)
    }

    /// A list, or one value that is no list.
    fn list(&mut self, argument: RawValue<'_>) -> Result<Vec<Node>> {
        match argument.as_array() {
            Some(array) => array.iter().map(|(_, element)| self.expression(element)).collect(),
            None => Ok(vec![self.expression(argument)?]),
        }
    }

    fn named(&mut self, name: &str, named: &Named, argument: RawValue<'_>) -> Result<Vec<Node>> {
        let given = named_arguments(name, named, argument)?;
        given
            .into_iter()
            .map(|value| value.map_or(Ok(Node::Absent), |value| self.expression(value)))
            .collect()
    }

    fn get_field(
        &mut self,
        name: &str,
        named: &'static Named,
        numbers: [i32; 3],
        argument: RawValue<'_>,
    ) -> Result<Vec<Node>> {
        if let Some(doc) = argument.as_document().filter(|doc| !is_operator(*doc)) {
            return check_field(name, doc.get("field"), numbers, || self.named(name, named, argument));
        }
        check_field(name, Some(argument), numbers, || {
            Ok(vec![self.expression(argument)?, self.below_current(None)?])
        })
    }

    /// The default first, which may be absent, then cases and results in turn.
    fn switch(&mut self, argument: RawValue<'_>) -> Result<Vec<Node>> {
        let Some(doc) = argument.as_document() else {
            let seen = type_name(argument.tag());
            return Err(at(40060, format!("$switch requires an object as an argument, found: {seen}")));
        };
        let mut nodes = vec![Node::Absent];
        for (name, value) in doc.iter() {
            match name {
                "default" => nodes[0] = self.expression(value)?,
                "branches" => {
                    let Some(branches) = value.as_array() else {
                        let seen = type_name(value.tag());
                        return Err(at(
                            40061,
                            format!("$switch expected an array for 'branches', found: {seen}"),
                        ));
                    };
                    for (_, branch) in branches.iter() {
                        nodes.extend(self.branch(branch)?);
                    }
                }
                _ => return Err(at(40067, format!("$switch found an unknown argument: {name}"))),
            }
        }
        if nodes.len() == 1 {
            return Err(at(40068, "$switch requires at least one branch"));
        }
        Ok(nodes)
    }

    fn branch(&mut self, branch: RawValue<'_>) -> Result<[Node; 2]> {
        let Some(doc) = branch.as_document() else {
            let seen = type_name(branch.tag());
            return Err(at(40062, format!("$switch expected each branch to be an object, found: {seen}")));
        };
        if let Some((name, _)) = doc.iter().find(|(name, _)| !matches!(*name, "case" | "then")) {
            return Err(at(40063, format!("$switch found an unknown argument to a branch: {name}")));
        }
        let Some(case) = doc.get("case") else {
            return Err(at(40064, "$switch requires each branch have a 'case' expression"));
        };
        let Some(then) = doc.get("then") else {
            return Err(at(40065, "$switch requires each branch have a 'then' expression"));
        };
        Ok([self.expression(case)?, self.expression(then)?])
    }

    /// Whether the longest counts, the defaults, then the inputs.
    fn zip(&mut self, argument: RawValue<'_>) -> Result<Vec<Node>> {
        let given = named_arguments("$zip", ZIP, argument)?;
        let [inputs, longest, defaults] = given[..] else { return Ok(Vec::new()) };
        let inputs = inputs.and_then(|inputs| inputs.as_array());
        let Some(inputs) = inputs else {
            return Err(at(34461, "inputs must be an array of expressions, in $zip"));
        };
        let longest = match longest.map(|longest| longest.read()) {
            None => false,
            Some(Value::Boolean(yes)) => yes,
            Some(_) => return Err(at(34463, "useLongestLength must be a bool, in $zip")),
        };
        let mut nodes = vec![Node::Constant(Some(Value::Boolean(longest).into())), Node::Absent];
        if let Some(defaults) = defaults {
            let Some(array) = defaults.as_array() else {
                return Err(at(34462, "defaults must be an array of expressions, in $zip"));
            };
            if !longest {
                return Err(at(34466, "cannot specify defaults unless useLongestLength is true, in $zip"));
            }
            if array.iter().count() != inputs.iter().count() {
                return Err(at(34467, "defaults and inputs must have the same length, in $zip"));
            }
            nodes[1] = self.expression(defaults)?;
        }
        for (_, input) in inputs.iter() {
            nodes.push(self.expression(input)?);
        }
        if nodes.len() == 2 {
            return Err(at(34465, "$zip requires at least one input array"));
        }
        Ok(nodes)
    }

    fn sort_array(&mut self, argument: RawValue<'_>) -> Result<Node> {
        let Some(doc) = argument.as_document() else {
            let seen = type_name(argument.tag());
            return Err(at(
                2_942_500,
                format!("$sortArray requires an object as an argument, found: {seen}"),
            ));
        };
        if let Some((name, _)) = doc.iter().find(|(name, _)| !matches!(*name, "input" | "sortBy")) {
            return Err(at(2_942_501, format!("$sortArray found an unknown argument: {name}")));
        }
        let Some(input) = doc.get("input") else {
            return Err(at(2_942_502, "$sortArray requires 'input' to be specified"));
        };
        let Some(order) = doc.get("sortBy") else {
            return Err(at(2_942_503, "$sortArray requires 'sortBy' to be specified"));
        };
        let sort = SortArray { input: self.expression(input)?, order: sort_order(order, self.collation)? };
        Node::SortArray(Box::new(sort)).folded(self.collation)
    }
}

fn sort_order(order: RawValue<'_>, collation: Option<&Collation>) -> Result<Order> {
    let one = |number: i32| {
        let bytes = number.to_le_bytes();
        crate::document::compare::equal(order, RawValue::new(tag::INT32, &bytes))
    };
    match order.as_document() {
        Some(fields) => super::super::sort(fields).map(|sort| Order::Fields(sort.under(collation))),
        None if one(1) => Ok(Order::Ascending),
        None if one(-1) => Ok(Order::Descending),
        None => {
            let what = "the $sortArray sort must be 1, -1 or an object of fields";
            Err(at(2_942_505, format!("{what}, but is {}", shown(order))))
        }
    }
}

/// The arguments in the order of the parameters; none where one was not written.
fn named_arguments<'a>(
    name: &str,
    named: &Named,
    argument: RawValue<'a>,
) -> Result<Vec<Option<RawValue<'a>>>> {
    let Some(doc) = argument.as_document() else {
        let seen = type_name(argument.tag());
        return Err(at(named.not_object, format!("{name} requires an object as an argument, found: {seen}")));
    };
    let is_known = |name: &str| named.parameters.iter().any(|parameter| parameter.name == name);
    if let Some((unknown, _)) = doc.iter().find(|(given, _)| !is_known(given)) {
        return Err(at(named.unknown, format!("{name} found an unknown argument: {unknown}")));
    }
    let arguments =
        named.parameters.iter().map(|parameter| match (doc.get(parameter.name), parameter.missing) {
            (None, Some(number)) => {
                Err(at(number, format!("{name} requires '{}' to be specified", parameter.name)))
            }
            (value, _) => Ok(value),
        });
    arguments.collect()
}

fn check_count(name: &str, seen: usize, least: usize, most: usize) -> Result<()> {
    if (least..=most).contains(&seen) {
        return Ok(());
    }
    if least == most {
        let message = format!("Expression {name} takes exactly {least} arguments. {seen} were passed in.");
        return Err(at(16020, message));
    }
    let what = format!("Expression {name} takes at least {least} arguments, and at most {most}");
    Err(at(28667, format!("{what}, but {seen} were passed in.")))
}

/// Whether a document is a call rather than named arguments.
fn is_operator(doc: RawDoc<'_>) -> bool {
    doc.iter().next().is_some_and(|(name, _)| name.starts_with('$'))
}

/// Refuses a field's name that is anything but a constant text; else goes on with `read`.
fn check_field(
    name: &str,
    field: Option<RawValue<'_>>,
    [path, expression, no_text]: [i32; 3],
    read: impl FnOnce() -> Result<Vec<Node>>,
) -> Result<Vec<Node>> {
    let Some(field) = field else { return read() };
    let refuse = |number: i32| {
        let seen = shown(field);
        Err(at(number, format!("{name} requires 'field' to be a constant string, but got {seen}")))
    };
    let literal = field.as_document().and_then(|doc| doc.get("$literal").or_else(|| doc.get("$const")));
    match (literal, field.read()) {
        (Some(literal), _) if literal.as_str().is_some() => read(),
        (Some(_), _) => refuse(no_text),
        (None, Value::String(text)) if text.starts_with('$') => refuse(path),
        (None, Value::String(_)) => read(),
        (None, Value::Document(_)) => refuse(expression),
        (None, _) => {
            // What else is missing is said first.
            read()?;
            refuse(no_text)
        }
    }
}
