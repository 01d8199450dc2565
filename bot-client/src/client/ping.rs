//! Round trips: one ping a second, and never two under way.

use std::time::Duration;

use tickwire_shared::message::ClientMessage;

const EVERY: Duration = Duration::from_secs(1);

/// One client's pings.
#[derive(Debug, Default)]
pub(super) struct Pings {
    token: u32,
    /// When the last one was sent, if one was.
    sent: Option<Duration>,
    under_way: bool,
}

impl Pings {
    /// How long the ping of this token took; `None` when it is not the one under way.
    pub(super) fn answer(&mut self, token: u32, now: Duration) -> Option<Duration> {
        let expected = std::mem::take(&mut self.under_way) && token == self.token;
        self.sent.filter(|_| expected).map(|sent| now.saturating_sub(sent))
    }

    /// No answer is to be expected any more.
    pub(super) fn forget(&mut self) {
        self.under_way = false;
    }

    pub(super) fn poll_outgoing(&mut self, now: Duration, out: &mut Vec<u8>) -> bool {
        let is_due = self.sent.is_none_or(|sent| now.saturating_sub(sent) >= EVERY);
        if self.under_way || !is_due {
            return false;
        }
        self.token = self.token.wrapping_add(1);
        self.sent = Some(now);
        self.under_way = true;
        ClientMessage::Ping(self.token).write(out);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_ping_a_second_and_only_its_own_answer_counts() {
        let (mut pings, mut out) = (Pings::default(), Vec::new());
        let at = Duration::from_millis;
        assert!(pings.poll_outgoing(at(0), &mut out));
        assert!(!pings.poll_outgoing(at(0), &mut out));
        assert_eq!(pings.answer(1, at(30)), Some(at(30)));
        assert_eq!(pings.answer(1, at(40)), None, "it was answered");
        assert!(!pings.poll_outgoing(at(999), &mut out));
        assert!(pings.poll_outgoing(at(1000), &mut out));
        assert_eq!(pings.answer(7, at(1010)), None, "nobody sent that");
    }
}
