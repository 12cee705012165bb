//! What guests and merchants write to each other.

use kernel::{Actor, ConversationId, PersonId};
use party::testing::ctx;
use retain::{AnswerGuest, AskMerchant, MAX_UNANSWERED, MuteGuest, ReadConversation, Written};

use super::act::{Act, act};
use super::machine::Machine;
use super::world::World;

/// A conversation with the shop and its guest.
#[derive(Clone)]
pub struct Chat {
    guest: PersonId,
    conversation: ConversationId,
}

/// Who has to write, if anybody may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    Waiting,
    Full,
    Answered,
    Muted,
}

impl Turn {
    const ALL: [Self; 4] = [Self::Waiting, Self::Full, Self::Answered, Self::Muted];

    fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Full => "20 unanswered",
            Self::Answered => "answered",
            Self::Muted => "muted",
        }
    }
}

pub const CONVERSATION: Machine<Turn, Chat> = Machine {
    name: "Conversation",
    states: &Turn::ALL,
    named: Turn::as_str,
    bring: |w, turn| {
        let chat = w.asked();
        match turn {
            Turn::Waiting => {}
            Turn::Full => {
                for _ in 1..MAX_UNANSWERED {
                    w.done(w.ask_merchant(chat.guest));
                }
            }
            Turn::Answered => drop(w.done(w.answer_guest(&chat))),
            Turn::Muted => w.done(w.mute_guest(&chat, true)),
        }
        chat
    },
    look: |read, chat| {
        let found = retain::queries::conversation(read, chat.conversation)?.unwrap();
        Ok(match found.unanswered {
            _ if found.is_muted => Turn::Muted,
            0 => Turn::Answered,
            MAX_UNANSWERED => Turn::Full,
            _ => Turn::Waiting,
        })
    },
    tries: &[
        |w, chat| w.ask_merchant(chat.guest).probe(),
        |w, chat| w.answer_guest(chat).probe(),
        |w, chat| w.read_conversation(chat, w.shop.as_owner()).probe(),
        |w, chat| {
            w.read_conversation(chat, Actor::Consumer(chat.guest))
                .with("as the guest")
                .probe()
        },
        |w, chat| w.mute_guest(chat, true).probe(),
        |w, chat| w.mute_guest(chat, false).with("back").probe(),
    ],
};

impl World {
    pub fn ask_merchant(&self, guest: PersonId) -> Act<Written> {
        let cmd = AskMerchant {
            merchant: self.shop.merchant,
            text: "有宝宝椅吗？".to_owned(),
            media: Vec::new(),
            about: None,
        };
        act(ctx(Actor::Consumer(guest)), retain::ask_merchant, cmd)
    }

    /// A question of a new guest.
    pub fn asked(&self) -> Chat {
        let guest = self.consumer();
        let conversation = self.done(self.ask_merchant(guest)).conversation;
        Chat { guest, conversation }
    }

    pub fn answer_guest(&self, chat: &Chat) -> Act<Written> {
        let cmd = AnswerGuest {
            conversation: chat.conversation,
            text: "有的".to_owned(),
            media: Vec::new(),
        };
        act(ctx(self.shop.as_owner()), retain::answer_guest, cmd)
    }

    pub fn read_conversation(&self, chat: &Chat, actor: Actor) -> Act<()> {
        let cmd = ReadConversation {
            conversation: chat.conversation,
            until: 1,
        };
        act(ctx(actor), retain::read_conversation, cmd)
    }

    pub fn mute_guest(&self, chat: &Chat, muted: bool) -> Act<()> {
        let cmd = MuteGuest {
            conversation: chat.conversation,
            muted,
        };
        act(ctx(self.shop.as_owner()), retain::mute_guest, cmd)
    }
}
