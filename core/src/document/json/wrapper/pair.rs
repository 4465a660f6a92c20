//! Types that take two fields to say.

use std::borrow::Cow;

use super::put::{put_binary, put_regex};
use super::spelling::{not_a_subtype, parse_object_id, parse_subtype, shorten};
use super::value::Wrapper;
use crate::document::json::base64;
use crate::document::json::fault::{Fault, Parsed};
use crate::document::json::lexer::Nul;
use crate::document::raw::{RawDoc, Value, tag};

impl Wrapper<'_, '_> {
    /// Takes an object that has exactly the two `keys`, in any order, and hands each value to `read`.
    fn two(&mut self, keys: [&str; 2], mut read: impl FnMut(&mut Self, usize) -> Parsed<()>) -> Parsed<()> {
        let wanted = format!("an object with \"{}\" and \"{}\"", keys[0], keys[1]);
        if !self.parser.lexer.take(b'{') {
            return Err(self.expected(&wanted));
        }
        let mut seen = [false; 2];
        for which in 0..2 {
            let at = self.position();
            let key = self.text(&wanted, Nul::Allowed)?;
            let Some(index) = keys.iter().position(|known| *known == key).filter(|index| !seen[*index])
            else {
                return Err(Fault::new(at, format!("expected {wanted}, but found \"{}\"", shorten(&key))));
            };
            seen[index] = true;
            self.parser.lexer.expect(b':', "`:`")?;
            read(self, index).map_err(|fault| fault.inside(key.as_bytes()))?;
            let (end, name) = if which == 0 { (b',', "`,`") } else { (b'}', "`}`") };
            self.parser
                .lexer
                .expect(end, &format!("{name}: {} needs {wanted} and nothing else", self.key))?;
        }
        Ok(())
    }

    pub(super) fn binary(&mut self) -> Parsed<u8> {
        let (mut bytes, mut subtype) = (Vec::new(), 0);
        self.two(["base64", "subType"], |wrapper, which| {
            let at = wrapper.position();
            let text = wrapper.text("a text", Nul::Allowed)?;
            if which == 0 {
                bytes = base64::decode(&text).map_err(|what| Fault::new(at, what))?;
            } else {
                subtype = parse_subtype(&text).ok_or_else(|| Fault::new(at, not_a_subtype(&text)))?;
            }
            Ok(())
        })?;
        put_binary(&mut self.parser.out, subtype, &bytes);
        Ok(tag::BINARY)
    }

    pub(super) fn timestamp(&mut self) -> Parsed<u8> {
        let mut parts = [0_u32; 2];
        self.two(["t", "i"], |wrapper, which| {
            let at = wrapper.position();
            let number = wrapper.parser.lexer.number()?;
            parts[which] = number.text.parse().map_err(|_| {
                Fault::new(
                    at,
                    format!("expected an integer from 0 to {}, but found {}", u32::MAX, number.text),
                )
            })?;
            Ok(())
        })?;
        Ok(self.put(Value::Timestamp { time: parts[0], increment: parts[1] }, tag::TIMESTAMP))
    }

    pub(super) fn regex(&mut self) -> Parsed<u8> {
        let mut texts = [Cow::Borrowed(""), Cow::Borrowed("")];
        self.two(["pattern", "options"], |wrapper, which| {
            texts[which] = wrapper.text("a text", Nul::Refused)?;
            Ok(())
        })?;
        put_regex(&mut self.parser.out, &texts[0], &texts[1]);
        Ok(tag::REGEX)
    }

    pub(super) fn db_pointer(&mut self) -> Parsed<u8> {
        let (mut namespace, mut id) = (Cow::Borrowed(""), [0; 12]);
        self.two(["$ref", "$id"], |wrapper, which| {
            if which == 0 {
                namespace = wrapper.text("a text", Nul::Allowed)?;
                return Ok(());
            }
            let wanted = "{\"$oid\": …}";
            let is_object = wrapper.parser.lexer.take(b'{');
            if !is_object || wrapper.text(wanted, Nul::Allowed)? != "$oid" {
                return Err(wrapper.expected(wanted));
            }
            wrapper.parser.lexer.expect(b':', "`:`")?;
            id = wrapper.text_as("24 hexadecimal digits", parse_object_id)?;
            wrapper.close()
        })?;
        Ok(self.put(Value::DbPointer { namespace: &namespace, id }, tag::DB_POINTER))
    }

    /// Takes code, with a scope or without; the key that was taken may be either.
    pub(super) fn code(&mut self, depth: usize) -> Parsed<u8> {
        let (mut code, mut scope) = (None, None);
        loop {
            if self.key == "$code" {
                code = Some(self.text("a text", Nul::Allowed)?);
            } else {
                let out_start = self.parser.out.len();
                self.parser.plain_document(depth + 1)?;
                scope = Some(self.parser.out.split_off(out_start));
            }
            if !self.parser.lexer.take(b',') {
                break;
            }
            let at = self.position();
            let next = self.text("a field name in double quotes", Nul::Allowed)?;
            self.key = match &*next {
                "$code" if code.is_none() => "$code",
                "$scope" if scope.is_none() => "$scope",
                other => {
                    let what =
                        format!("{} allows no other field, but found \"{}\"", self.key, shorten(other));
                    return Err(Fault::new(at, what));
                }
            };
            self.parser.lexer.expect(b':', "`:`")?;
        }
        self.close()?;
        match (&code, &scope) {
            (Some(code), None) => Ok(self.put(Value::Code(code), tag::CODE)),
            (Some(code), Some(scope)) => {
                let scope = RawDoc::new(scope);
                Ok(self.put(Value::CodeWithScope { code, scope }, tag::CODE_WITH_SCOPE))
            }
            (None, _) => Err(Fault::new(self.start, "$scope needs $code beside it")),
        }
    }
}
