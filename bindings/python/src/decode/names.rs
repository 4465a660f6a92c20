//! Field names as Python strings.
//!
//! The documents of a collection share their names, so each is made, interned and hashed once for many documents.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyString;

/// How many names are remembered; two that meet in one place take turns.
const PLACES: usize = 256;

/// So many names are made before a table of them is: a single document seldom has more, and pays for none.
const WORTH_A_TABLE: u32 = 64;

/// Names that were met before.
#[derive(Debug, Default)]
pub(crate) struct Names {
    met: u32,
    places: Vec<Option<Known>>,
}

#[derive(Debug)]
struct Known {
    name: Box<[u8]>,
    string: Py<PyString>,
}

impl Names {
    /// The string for a name.
    pub(crate) fn get<'py>(&mut self, py: Python<'py>, name: &[u8]) -> PyResult<Bound<'py, PyString>> {
        if self.places.is_empty() {
            self.met += 1;
            if self.met < WORTH_A_TABLE {
                return make(py, name);
            }
            self.places.resize_with(PLACES, || None);
        }
        let place = &mut self.places[place_of(name)];
        match place {
            Some(known) if *known.name == *name => Ok(known.string.bind(py).clone()),
            _ => {
                let string = make(py, name)?;
                *place = Some(Known { name: name.into(), string: string.clone().unbind() });
                Ok(string)
            }
        }
    }
}

fn make<'py>(py: Python<'py>, name: &[u8]) -> PyResult<Bound<'py, PyString>> {
    let text = std::str::from_utf8(name).map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(PyString::intern(py, text))
}

/// From the first eight bytes, the last, and the length: names that differ elsewhere only are rare.
fn place_of(name: &[u8]) -> usize {
    let mut head = [0; 8];
    let taken = name.len().min(8);
    head[..taken].copy_from_slice(&name[..taken]);
    let last = u64::from(name.last().copied().unwrap_or_default());
    let mixed =
        (u64::from_le_bytes(head) ^ last << 56 ^ name.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 56) as usize
}
