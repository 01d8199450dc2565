//! What goes down to a client that polls: one numbered answer at a time.

use hyper::body::Bytes;
use tokio::sync::oneshot;

/// What a poll gets: an answer, or word that there is none.
pub(crate) type Answered = Option<Bytes>;

/// What comes of a poll.
#[derive(Debug)]
pub(crate) enum Asked {
    /// An answer that there is already.
    Answer(Bytes),
    /// It waits for what comes here. Without anything it was superseded.
    Held(oneshot::Receiver<Answered>),
    /// It acknowledges an answer that was never given, or asks for one that is forgotten.
    Wrong,
    /// All was said.
    Over,
}

/// A poll that is held.
#[derive(Debug)]
struct Waiting {
    to: oneshot::Sender<Answered>,
    /// Whether it stays held when there is nothing to say.
    wait: bool,
}

/// The answers of a link, of which the last one is kept until it is acknowledged.
#[derive(Debug, Default)]
pub(super) struct Poll {
    /// The number of the last answer.
    number: u32,
    last: Option<Bytes>,
    /// Only when no answer is kept.
    waiting: Option<Waiting>,
    /// What is said last, once there is room for it.
    closing: Option<Vec<u8>>,
    is_over: bool,
}

impl Poll {
    /// A poll by a client that has the answer `received`. It takes the place of one that is held.
    pub(super) fn ask(&mut self, received: u32, wait: bool) -> Asked {
        if received != self.number {
            let repeated =
                self.last.clone().filter(|_| received.checked_add(1) == Some(self.number));
            return repeated.map_or(Asked::Wrong, Asked::Answer);
        }
        self.last = None;
        if let Some(closing) = self.closing.take() {
            return Asked::Answer(self.make(&closing));
        }
        if self.is_over {
            return Asked::Over;
        }
        let (to, from) = oneshot::channel();
        self.waiting = Some(Waiting { to, wait });
        Asked::Held(from)
    }

    /// How many bytes are kept that the client has not acknowledged.
    pub(super) fn waiting(&self) -> usize {
        self.last.as_ref().map_or(0, Bytes::len) + self.closing.as_ref().map_or(0, Vec::len)
    }

    /// Whether a poll is held whose client has not gone.
    pub(super) fn asks(&self) -> bool {
        self.waiting.as_ref().is_some_and(|waiting| !waiting.to.is_closed())
    }

    /// Answers the poll that is held. If its client has gone meanwhile, its next poll gets the same.
    pub(super) fn send(&mut self, messages: &[u8]) {
        let answer = self.make(messages);
        if let Some(waiting) = self.waiting.take() {
            let _ = waiting.to.send(Some(answer));
        }
    }

    fn make(&mut self, messages: &[u8]) -> Bytes {
        self.number += 1;
        let answer = Bytes::from([&self.number.to_le_bytes(), messages].concat());
        self.last = Some(answer.clone());
        answer
    }

    /// There is nothing to say: answers a poll that does not wait.
    pub(super) fn send_nothing(&mut self) {
        if let Some(waiting) = self.waiting.take_if(|waiting| !waiting.wait) {
            let _ = waiting.to.send(None);
        }
    }

    /// Says this at the end, at once if a poll is held.
    pub(super) fn close(&mut self, messages: Vec<u8>) {
        self.is_over = true;
        if self.waiting.is_some() {
            self.send(&messages);
        } else {
            self.closing = Some(messages);
        }
    }

    /// Whether the end was said.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Whether the end was said and acknowledged, or will not be said.
    pub(super) fn is_done(&self) -> bool {
        self.is_over && self.closing.is_none() && self.last.is_none()
    }

    /// It is over without a word.
    pub(super) fn cut(&mut self) {
        self.is_over = true;
        self.waiting = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(asked: Asked) -> oneshot::Receiver<Answered> {
        let Asked::Held(from) = asked else { panic!("{asked:?}") };
        from
    }

    fn answer(asked: Asked) -> Vec<u8> {
        let Asked::Answer(bytes) = asked else { panic!("{asked:?}") };
        bytes.to_vec()
    }

    #[test]
    fn an_answer_is_repeated_until_it_is_acknowledged() {
        let mut poll = Poll::default();
        let mut first = held(poll.ask(0, true));
        poll.send(&[7]);
        assert_eq!(first.try_recv().unwrap().unwrap(), [1, 0, 0, 0, 7][..]);
        assert!(!poll.asks(), "what is not acknowledged comes first");
        assert_eq!(answer(poll.ask(0, true)), [1, 0, 0, 0, 7]);
        assert_eq!(answer(poll.ask(0, false)), [1, 0, 0, 0, 7]);
        let _second = held(poll.ask(1, true));
        assert!(poll.asks());
        assert!(matches!(poll.ask(0, true), Asked::Wrong), "the first one is forgotten");
        assert!(matches!(poll.ask(2, true), Asked::Wrong), "there is no second one yet");
        assert!(matches!(poll.ask(u32::MAX, true), Asked::Wrong));
    }

    #[test]
    fn what_is_sent_to_a_client_that_has_gone_is_kept_for_its_next_poll() {
        let mut poll = Poll::default();
        drop(held(poll.ask(0, true)));
        assert!(!poll.asks());
        poll.send(&[7]);
        assert_eq!(answer(poll.ask(0, true)), [1, 0, 0, 0, 7]);
    }

    #[test]
    fn a_later_poll_takes_the_place_of_one_that_is_held() {
        let mut poll = Poll::default();
        let mut first = held(poll.ask(0, true));
        let mut second = held(poll.ask(0, true));
        assert!(matches!(first.try_recv(), Err(oneshot::error::TryRecvError::Closed)));
        poll.send(&[7]);
        assert!(second.try_recv().unwrap().is_some());
    }

    #[test]
    fn only_who_does_not_wait_is_told_that_there_is_nothing() {
        let mut poll = Poll::default();
        let mut first = held(poll.ask(0, true));
        poll.send_nothing();
        assert!(matches!(first.try_recv(), Err(oneshot::error::TryRecvError::Empty)));
        let mut second = held(poll.ask(0, false));
        poll.send_nothing();
        assert_eq!(second.try_recv(), Ok(None));
    }

    #[test]
    fn the_close_comes_after_what_is_not_acknowledged_and_is_repeated_as_well() {
        let mut poll = Poll::default();
        let _lost = held(poll.ask(0, true));
        poll.send(&[7]);
        poll.close(vec![9]);
        assert_eq!(answer(poll.ask(0, true)), [1, 0, 0, 0, 7]);
        assert_eq!(answer(poll.ask(1, true)), [2, 0, 0, 0, 9]);
        assert_eq!(answer(poll.ask(1, true)), [2, 0, 0, 0, 9]);
        assert!(!poll.is_done(), "it may have been lost");
        assert!(matches!(poll.ask(2, true), Asked::Over));
        assert!(poll.is_done());
    }
}
