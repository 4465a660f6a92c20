use super::{Buffer, Frames};

fn waiting(frames: &Frames) -> usize {
    frames.spares.waiting.lock().len()
}

#[test]
fn a_frame_that_was_let_go_of_is_the_next_ones() {
    let frames = Frames::new(8192, 4);
    let mut frame = frames.any();
    frame.fill(7);
    let at = frame.as_ptr();
    drop(frame);
    assert_eq!(waiting(&frames), 1);
    let again = frames.any();
    assert_eq!((again.as_ptr(), &*again, waiting(&frames)), (at, &[7; 8192][..], 0));
    drop(again);
    assert_eq!(&*frames.zeroed(), &[0; 8192][..]);
}

#[test]
fn no_more_frames_wait_than_may() {
    let frames = Frames::new(8192, 4);
    let many: Vec<_> = (0..100).map(|_| frames.any()).collect();
    assert!(many.iter().all(|frame| frame.len() == 8192));
    drop(many);
    assert_eq!(waiting(&frames), 4);
}

#[test]
fn a_frame_outlives_those_it_came_from() {
    let frame = Frames::new(8192, 4).zeroed();
    assert_eq!(&*frame, &[0; 8192][..]);
}

#[test]
fn a_buffer_that_is_no_frame_waits_nowhere() {
    let frames = Frames::new(3, 4);
    drop(Buffer::from(vec![1, 2, 3]));
    assert_eq!(waiting(&frames), 0);
    assert_eq!(&*frames.any(), &[0; 3]);
}
