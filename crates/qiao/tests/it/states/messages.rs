//! What people are told.

use kernel::{Actor, MessageId, PersonId};
use party::testing::{NOW, ctx};
use retain::{Message, MessageKind, ReadMessages, WriteMessages};
use uuid::Uuid;

use super::act::{Act, act};
use super::machine::Machine;
use super::world::World;

/// A message and its reader.
#[derive(Clone)]
pub struct Told {
    person: PersonId,
    message: MessageId,
}

/// Whether its person has read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    Unread,
    Read,
}

impl Seen {
    const ALL: [Self; 2] = [Self::Unread, Self::Read];

    fn as_str(self) -> &'static str {
        match self {
            Self::Unread => "unread",
            Self::Read => "read",
        }
    }
}

pub const MESSAGE: Machine<Seen, Told> = Machine {
    name: "Message",
    states: &Seen::ALL,
    named: Seen::as_str,
    bring: |w, seen| {
        let told = w.told();
        match seen {
            Seen::Unread => {}
            Seen::Read => drop(w.done(w.read_messages(&told))),
        }
        told
    },
    look: |read, told| {
        let unread = retain::queries::unread_count(read, told.person)?;
        Ok(if unread > 0 { Seen::Unread } else { Seen::Read })
    },
    tries: &[|w, told| w.read_messages(told).probe()],
};

impl World {
    fn message(&self) -> Message {
        Message {
            id: MessageId::from_uuid(Uuid::from_u128(u128::from(self.next()))),
            person: self.consumer(),
            kind: MessageKind::OrderPaid,
            order: None,
            voucher: None,
            offer: None,
            merchant: None,
            booking: None,
            store: None,
            amount: None,
            created_at: NOW,
            read_at: None,
        }
    }

    pub fn write_messages(&self) -> Act<usize> {
        let messages = vec![self.message()];
        act(
            ctx(Actor::System),
            retain::write_messages,
            WriteMessages { messages },
        )
    }

    pub fn told(&self) -> Told {
        let message = self.message();
        let told = Told {
            person: message.person,
            message: message.id,
        };
        let messages = vec![message];
        self.done(act(
            ctx(Actor::System),
            retain::write_messages,
            WriteMessages { messages },
        ));
        told
    }

    pub fn read_messages(&self, told: &Told) -> Act<i64> {
        let until = told.message;
        act(
            ctx(Actor::Consumer(told.person)),
            retain::read_messages,
            ReadMessages { until },
        )
    }
}
