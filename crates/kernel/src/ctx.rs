//! What a command may know of the outside: who acts, when, and a well of ids and random numbers.
//! All of it is fixed before the command starts, so that running it again gives the same result.

use std::cell::Cell;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use type_safe_id::{StaticType, TypeSafeId};
use uuid::Uuid;

use crate::{MerchantId, PersonId, RequestId, Timestamp};

/// Who does something. What the actor may do is checked inside the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Nobody who signed in.
    Anonymous,
    /// A consumer, on their own behalf.
    Consumer(PersonId),
    /// A staff member, on behalf of the merchant.
    Staff(PersonId, MerchantId),
    /// One of the platform's own people.
    Operator(PersonId),
    /// A payment provider's webhook, by the provider's number in `gateway`.
    Provider(u8),
    /// Qiao itself: timers and event consumers.
    System,
}

impl Actor {
    /// The person behind the actor, if one is.
    pub fn person(self) -> Option<PersonId> {
        match self {
            Self::Consumer(person) | Self::Staff(person, _) | Self::Operator(person) => Some(person),
            Self::Anonymous | Self::Provider(_) | Self::System => None,
        }
    }

    /// 17 bytes that tell actors apart, for idempotency keys and the audit log.
    pub fn to_bytes(self) -> [u8; 17] {
        let (tag, id) = match self {
            Self::Anonymous => (0, [0; 16]),
            Self::Consumer(person) => (1, person.uuid().into_bytes()),
            Self::Staff(person, _) => (2, person.uuid().into_bytes()),
            Self::Operator(person) => (3, person.uuid().into_bytes()),
            Self::Provider(number) => (4, [number; 16]),
            Self::System => (5, [0; 16]),
        };
        let mut bytes = [tag; 17];
        bytes[1..].copy_from_slice(&id);
        bytes
    }
}

/// The context of one command. [`Ctx::rewound`] gives the same ids and numbers again.
#[derive(Debug)]
pub struct Ctx {
    /// The time of the command.
    pub now: Timestamp,
    /// Who does it.
    pub actor: Actor,
    /// The request that it belongs to.
    pub request: RequestId,
    /// Why, where a person has to say so (refunds, removals, payouts): goes to the audit log.
    pub reason: Option<String>,
    seed: [u8; 32],
    drawn: Cell<u64>,
}

impl Ctx {
    /// A context whose ids and random numbers all come from `seed`, which the caller draws from the
    /// operating system.
    pub fn new(now: Timestamp, actor: Actor, seed: [u8; 32]) -> Self {
        let mut ctx = Self {
            now,
            actor,
            request: RequestId::from_uuid(Uuid::nil()),
            reason: None,
            seed,
            drawn: Cell::new(0),
        };
        ctx.request = ctx.new_id();
        ctx
    }

    /// The same with the reason that a person gave.
    pub fn with_reason(mut self, reason: String) -> Self {
        self.reason = Some(reason);
        self
    }

    /// The same context as it was when the command started, for another try.
    pub fn rewound(&self) -> Self {
        Self {
            reason: self.reason.clone(),
            drawn: Cell::new(1),
            ..*self
        }
    }

    /// A new id: UUIDv7 (RFC 9562) of the command's time, in the order in which they are drawn.
    pub fn new_id<K: StaticType>(&self) -> TypeSafeId<K> {
        let order = self.drawn.get();
        let random = u64::from_le_bytes(self.random_bytes());
        let ms = (self.now.0.max(0) as u64 / 1000) as u128;
        // 48 bits of milliseconds, version, 12 bits of order within the command, variant, 62 random bits.
        let bits =
            ms << 80 | 0x7 << 76 | u128::from(order & 0xfff) << 64 | 0x2 << 62 | u128::from(random >> 2);
        TypeSafeId::from_uuid(Uuid::from_u128(bits))
    }

    /// Unpredictable bytes, different at every call (ChaCha20 keyed by the seed).
    pub fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let stream = self.drawn.replace(self.drawn.get() + 1);
        let mut rng = ChaCha20Rng::from_seed(self.seed);
        rng.set_stream(stream);
        let mut bytes = [0; N];
        rng.fill_bytes(&mut bytes);
        bytes
    }

    /// An unpredictable number below `bound`, without bias that matters (64 bits over `bound`).
    pub fn random_below(&self, bound: u64) -> u64 {
        let wide = u128::from(u64::from_le_bytes(self.random_bytes())) * u128::from(bound);
        (wide >> 64) as u64
    }
}

/// Where ids begin that are made at this time or later: above every id that was made before its millisecond.
pub fn first_id_at(time: Timestamp) -> Uuid {
    Uuid::from_u128(((time.0.max(0) as u64 / 1000) as u128) << 80)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OrderId;

    #[test]
    fn a_second_try_draws_the_same_ids_in_order() {
        let ctx = Ctx::new(Timestamp(1_700_000_000_000_000), Actor::System, [7; 32]);
        let first: Vec<OrderId> = (0..3).map(|_| ctx.new_id()).collect();
        let again = ctx.rewound();
        let second: Vec<OrderId> = (0..3).map(|_| again.new_id()).collect();
        assert_eq!(first, second);
        assert!(first.windows(2).all(|w| w[0] < w[1]));
        assert_eq!(first[0].uuid().get_version_num(), 7);
        let next_ms = Timestamp(ctx.now.0 + 1_000);
        assert!(first_id_at(ctx.now) < first[0].uuid() && first[2].uuid() < first_id_at(next_ms));
        let other = Ctx::new(ctx.now, Actor::System, [8; 32]);
        assert_ne!(first[0], other.new_id());
    }
}
