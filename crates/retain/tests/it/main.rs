//! Messages and conversations from outside, on both engines.

mod conversations;

use kernel::{Actor, Ctx, Currency, MessageId, Money, PersonId};
use party::testing::{NOW, consumer, ctx};
use retain::{Message, MessageKind, ReadMessages, WriteMessages, queries, read_messages, write_messages};
use store::testing::TestDatabase;
use store::{Fail, Rejected, Store, Tx};

fn message(person: PersonId, n: u128, kind: MessageKind) -> Message {
    Message {
        id: MessageId::from_uuid(uuid::Uuid::from_u128(n)),
        person,
        kind,
        order: None,
        voucher: None,
        offer: None,
        merchant: None,
        booking: None,
        store: None,
        amount: Some(Money::new(8_000, Currency::CNY)),
        created_at: NOW,
        read_at: None,
    }
}

fn run<T: Send + 'static>(
    store: &Store,
    ctx: Ctx,
    command: impl Fn(&mut Tx, &Ctx) -> Result<T, Fail> + Send + 'static,
) -> Result<T, Rejected> {
    store
        .run_blocking("test", ctx.request, ctx, command)
        .expect("an answer")
}

#[test]
fn a_message_is_written_once_and_read_by_its_person_up_to_what_they_saw() {
    for database in TestDatabase::both() {
        let store = database.open();
        let [li, wang] = [1, 2].map(|n| consumer(&store, n));
        let write = |actor: Actor, n: u128, kind| {
            let cmd = WriteMessages {
                messages: vec![message(li, n, kind), message(wang, n, kind)],
            };
            run(&store, ctx(actor), move |tx, ctx| write_messages(tx, ctx, &cmd))
        };
        assert_eq!(
            write(Actor::System, 1, MessageKind::OrderPaid).expect("written"),
            2
        );
        assert_eq!(
            write(Actor::System, 1, MessageKind::OrderPaid).expect("the same news"),
            0
        );
        assert_eq!(
            write(Actor::System, 2, MessageKind::VoucherRedeemed).expect("written"),
            2
        );
        let forged = write(Actor::Consumer(li), 3, MessageKind::RebateEarned);
        assert_eq!(forged.expect_err("only Qiao itself writes").code, "forbidden");
        let state = |person| {
            let asked = store.read_blocking(move |read| {
                let all = queries::messages_of(read, person, None, 10)?;
                Ok((all, queries::unread_count(read, person)?))
            });
            let (all, unread) = asked.expect("an answer");
            (all.into_iter().map(|one| one.kind).collect::<Vec<_>>(), unread)
        };
        let newest_first = vec![MessageKind::VoucherRedeemed, MessageKind::OrderPaid];
        assert_eq!(state(li), (newest_first.clone(), 2));
        let read = |n: u128| {
            let until = MessageId::from_uuid(uuid::Uuid::from_u128(n));
            let command = move |tx: &mut Tx, ctx: &Ctx| read_messages(tx, ctx, &ReadMessages { until });
            run(&store, ctx(Actor::Consumer(li)), command).expect("read")
        };
        assert_eq!((read(1), read(1)), (1, 0));
        assert_eq!(
            state(li),
            (newest_first.clone(), 1),
            "what came later stays unread"
        );
        assert_eq!(read(u128::MAX), 1);
        assert_eq!(
            (state(li).1, state(wang)),
            (0, (newest_first, 2)),
            "another's stay unread"
        );
        store.close();
    }
}
