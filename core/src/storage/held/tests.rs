use std::sync::Arc;

use super::Held;

#[test]
fn what_is_held_is_found_as_long_as_somebody_else_has_it() {
    let held = Held::default();
    assert!(held.get().is_none(), "nothing was put there");
    let first = Arc::new(7);
    held.set(&first);
    let copy = held.clone();
    assert_eq!(held.get().as_deref(), Some(&7));
    assert_eq!(Arc::strong_count(&first), 1, "what is held does not count");
    drop(first);
    assert!(held.get().is_none() && copy.get().is_none());
}

#[test]
fn the_last_thing_is_held() {
    let held = Held::default();
    let (first, second) = (Arc::new(1), Arc::new(2));
    held.set(&first);
    held.set(&second);
    assert_eq!(held.get().as_deref(), Some(&2));
}

#[test]
fn who_is_writing_keeps_nobody_waiting() {
    let held = Held::default();
    let thing = Arc::new(1);
    held.set(&thing);
    let writing = held.0.write();
    assert!(held.is_written() && held.get().is_none());
    held.set(&thing);
    drop(writing);
    assert_eq!(held.get().as_deref(), Some(&1));
}
