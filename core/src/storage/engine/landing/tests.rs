use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use super::Landing;

/// However busy a machine is, who may return does so by then.
const SOON: Duration = Duration::from_secs(30);
/// Who must not return has not done so by then, most of the time.
const A_WHILE: Duration = Duration::from_millis(20);

/// Threads that wait for `flight`, and what tells when one returns.
fn waiters(landing: &Arc<Landing>, count: usize, flight: u64) -> Receiver<()> {
    let (returned, returns) = channel();
    let before = landing.lock().waiting;
    for _ in 0..count {
        let (landing, returned) = (Arc::clone(landing), returned.clone());
        thread::spawn(move || {
            landing.wait(flight);
            returned.send(())
        });
    }
    while landing.lock().waiting < before + count {
        thread::yield_now();
    }
    returns
}

fn expect(returns: &Receiver<()>, count: usize) {
    (0..count)
        .for_each(|at| returns.recv_timeout(SOON).unwrap_or_else(|_| panic!("{at} of {count} returned")));
}

fn expect_none(returns: &Receiver<()>) {
    assert!(returns.recv_timeout(A_WHILE).is_err(), "somebody returned too early");
}

#[test]
fn everybody_returns_when_the_flight_lands() {
    let landing = Arc::new(Landing::default());
    let returns = waiters(&landing, 5, 4);
    landing.land(2);
    expect_none(&returns);
    landing.land(4);
    expect(&returns, 5);
    assert_eq!(landing.lock().waiting, 0);
}

#[test]
fn nobody_waits_for_a_flight_that_has_landed() {
    let landing = Landing::default();
    landing.land(4);
    landing.wait(2);
    landing.wait(4);
}

#[test]
fn one_of_those_who_wait_is_called() {
    let landing = Arc::new(Landing::default());
    let returns = waiters(&landing, 5, 2);
    landing.call(2);
    expect(&returns, 1);
    landing.begin();
    landing.land(2);
    expect(&returns, 4);
}

#[test]
fn a_call_is_for_its_own_flight_until_that_begins() {
    let landing = Arc::new(Landing::default());
    landing.call(2);
    landing.wait(2);
    let later = waiters(&landing, 1, 4);
    expect_none(&later);
    landing.begin();
    let after = waiters(&landing, 1, 2);
    expect_none(&after);
    landing.land(2);
    expect(&after, 1);
    expect_none(&later);
    landing.land(4);
    expect(&later, 1);
}

#[test]
fn nobody_waits_where_it_is_closed() {
    let landing = Arc::new(Landing::default());
    let returns = waiters(&landing, 3, 2);
    landing.close();
    expect(&returns, 3);
    landing.wait(1000);
}
