//! Indexes: values as bytes that sort as the values do.

pub(crate) mod key;

#[cfg(test)]
mod tests;
