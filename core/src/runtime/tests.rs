use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use parking_lot::Mutex;

use super::Worker;
use crate::base::Task;
use crate::error::Result;

/// Far longer than the tests: whatever happens before it was asked for.
const NEVER: Duration = Duration::from_secs(3600);
const SOON: Duration = Duration::from_secs(20);

#[derive(Debug)]
struct Pieces {
    left: Mutex<u32>,
    done: Sender<String>,
    breaks: bool,
}

impl Task for Pieces {
    fn step(&self) -> Result<bool> {
        assert!(!self.breaks, "broken task");
        let mut left = self.left.lock();
        if *left == 0 {
            self.done.send("idle".to_owned()).unwrap();
            return Ok(false);
        }
        *left -= 1;
        Ok(true)
    }

    fn poison(&self, why: &str) {
        self.done.send(format!("poisoned: {why}")).unwrap();
    }
}

fn pieces(left: u32, breaks: bool) -> (Arc<Pieces>, std::sync::mpsc::Receiver<String>) {
    let (done, heard) = channel();
    (Arc::new(Pieces { left: Mutex::new(left), done, breaks }), heard)
}

#[test]
fn a_woken_worker_steps_until_nothing_is_due() {
    let (task, heard) = pieces(3, false);
    let worker = Worker::start(vec![task.clone()], NEVER).unwrap();
    worker.waker().wake();
    assert_eq!(heard.recv_timeout(SOON).unwrap(), "idle");
    assert_eq!(*task.left.lock(), 0);
}

#[test]
fn a_panic_in_a_step_poisons_the_task_and_ends_nothing_else() {
    let (broken, heard_broken) = pieces(1, true);
    let (whole, heard_whole) = pieces(1, false);
    let worker = Worker::start(vec![broken, whole], NEVER).unwrap();
    worker.waker().wake();
    assert!(heard_broken.recv_timeout(SOON).unwrap().contains("broken task"));
    assert_eq!(heard_whole.recv_timeout(SOON).unwrap(), "idle");
}

#[test]
fn dropping_the_worker_ends_its_thread() {
    let (task, heard) = pieces(0, false);
    drop(Worker::start(vec![task], NEVER).unwrap());
    assert!(heard.recv_timeout(SOON).is_err(), "the task is gone with the thread");
}
