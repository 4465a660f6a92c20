//! Indexes: values as bytes that sort as the values do.

pub(crate) mod key;
mod layout;

#[cfg(test)]
mod tests;
