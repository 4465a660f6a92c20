//! Laws that hold for any numbers.

use super::decimal::{self, Rounding};
use super::text;
use super::total::Total;
use crate::document::decimal::Decimal;
use crate::document::raw::Value;
use crate::document::tests::random::Dice;
use crate::expression::number::Number;

const SEEDS: u64 = 20_000;

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

/// A decimal of few digits, whose products and quotients can be told exactly.
fn short(dice: &mut Dice) -> Decimal {
    let coefficient = u128::from(dice.below(1_000_000_000));
    Decimal::Finite { negative: dice.below(2) == 1, coefficient, exponent: dice.below(20) as i32 - 10 }
}

#[test]
fn a_product_divided_by_a_factor_is_the_other() {
    for seed in 0..SEEDS {
        let mut dice = Dice::new(seed);
        let (a, b) = (short(&mut dice), short(&mut dice));
        if decimal::is_zero(b) {
            continue;
        }
        let product = crate::expression::decimal::multiply(a, b);
        assert!(decimal::divide(product, b).compare(&a).is_eq(), "seed {seed}: {a} times {b} is {product}");
        // Only a whole factor leaves nothing.
        if matches!(a, Decimal::Finite { exponent: 0.., .. }) {
            assert!(decimal::is_zero(decimal::remainder(product, b)), "seed {seed}: {product} by {b}");
        }
    }
}

#[test]
fn a_remainder_is_smaller_than_the_divisor_and_has_the_sign_of_the_dividend() {
    for seed in 0..SEEDS {
        let mut dice = Dice::new(seed);
        let (a, b) = (dice.decimal(), dice.decimal());
        let (Decimal::Finite { .. }, Decimal::Finite { coefficient: 1.., .. }) = (a, b) else { continue };
        let rest = decimal::remainder(a, b);
        let place = format!("seed {seed}: {a} by {b} leaves {rest}");
        assert!(decimal::absolute(rest).compare(&decimal::absolute(b)).is_lt(), "{place}");
        assert!(decimal::is_zero(rest) || decimal::is_negative(rest) == decimal::is_negative(a), "{place}");
    }
}

#[test]
fn decimals_round_to_places_as_their_digits_say() {
    let check = |number: &str, places: i32, rounding: Rounding, expected: &str| {
        let found = decimal::to_places(decimal(number), places, rounding);
        assert_eq!(found.to_string(), expected, "{number} to {places} places, {rounding:?}");
    };
    check("2.5", 0, Rounding::HalfToEven, "2");
    check("3.5", 0, Rounding::HalfToEven, "4");
    check("2.51", 0, Rounding::HalfToEven, "3");
    check("-2.5", 0, Rounding::TowardsZero, "-2");
    check("-2.1", 0, Rounding::Down, "-3");
    check("-2.9", 0, Rounding::Up, "-2");
    check("2.1", 0, Rounding::Up, "3");
    check("150", -2, Rounding::HalfToEven, "2E+2");
    check("1E-6176", 0, Rounding::HalfToEven, "0");
    check("1E-6176", 0, Rounding::Up, "1");
    check("Infinity", 3, Rounding::Down, "Infinity");
}

#[test]
fn a_sum_of_integers_does_not_depend_on_their_order() {
    for seed in 0..SEEDS / 20 {
        let mut dice = Dice::new(seed);
        let mut numbers: Vec<i64> = (0..8).map(|_| dice.next().cast_signed()).collect();
        let total = |numbers: &[i64]| {
            let mut total = Total::new();
            numbers.iter().for_each(|number| total.add(Number::Int64(*number)));
            total.item().raw().map(|value| (value.tag(), value.as_bytes().to_vec()))
        };
        let forwards = total(&numbers);
        numbers.reverse();
        assert_eq!(total(&numbers), forwards, "seed {seed}: {numbers:?}");
    }
}

#[test]
fn a_sum_of_doubles_keeps_what_rounding_would_lose() {
    let sum = |numbers: &[f64]| {
        let mut total = Total::new();
        numbers.iter().for_each(|number| total.add(Number::Double(*number)));
        match total.item().read() {
            Value::Double(sum) => sum,
            other => panic!("no double: {other:?}"),
        }
    };
    assert_eq!(sum(&[0.1; 10]), 1.0);
    assert_eq!(sum(&[1e308, 1e-308, -1e308]), 1e-308);
    assert!(sum(&[f64::INFINITY, f64::NEG_INFINITY]).is_nan());
    assert_eq!(sum(&[f64::INFINITY, 1.0]), f64::INFINITY);
}

#[test]
fn a_double_is_written_with_sixteen_digits_at_most() {
    for (number, expected) in [
        (0.1, "0.1"),
        (0.1 + 0.2, "0.3"),
        (1.0 / 3.0, "0.3333333333333333"),
        (1e15, "1000000000000000"),
        (1e16, "1e+16"),
        (1.5e300, "1.5e+300"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (-0.0, "-0"),
        (123_456_789.125, "123456789.125"),
    ] {
        assert_eq!(text::of_double(number), expected);
    }
}
