//! Guests ask, merchants answer.

use std::sync::Barrier;

use consume::{PlaceBooking, When};
use convert::{ErasePerson, PlaceOrder};
use kernel::{
    Actor, BookingId, ConversationId, Ctx, HOUR_US, MediaId, MerchantId, OfferId, OrderId, PersonId,
};
use offer::ResourceKind;
use offer::testing::{booked, dinner, draft, on_sale, seats, terms};
use party::testing::{
    NOW, Shop, certified_shop, consumer, ctx, ctx_at, operator, registered_shop, run, sha_like, staff,
};
use party::{MediaOwner, OperatorRole, RecordMedia, RevokeStaff, Role, SuspendMerchant};
use retain::{
    About, AnswerGuest, AskMerchant, ChatMessage, Conversation, MAX_UNANSWERED, Message, MessageKind,
    MuteGuest, ReadConversation, ReadMessages, WriteMessages, Written, queries,
};
use store::testing::TestDatabase;
use store::{Rejected, Settings, Store, StoredEvent};

/// A shop, its guest and somebody else.
struct Chat<'s> {
    db: &'s Store,
    shop: Shop,
    guest: PersonId,
    other: PersonId,
}

fn on_both(test: impl Fn(&Chat)) {
    for database in TestDatabase::both() {
        let settings = Settings {
            lanes: 8,
            readers: 2,
            ..Settings::new(&database.url)
        };
        let db = Store::open(&settings).expect("the database opens");
        test(&Chat {
            db: &db,
            shop: certified_shop(&db, 1),
            guest: consumer(&db, 1),
            other: consumer(&db, 2),
        });
        db.close();
    }
}

fn code<T: std::fmt::Debug>(result: Result<T, Rejected>) -> String {
    result.expect_err("a rejection").code
}

impl Chat<'_> {
    fn question(&self, text: &str) -> AskMerchant {
        AskMerchant {
            merchant: self.shop.merchant,
            text: text.to_owned(),
            media: Vec::new(),
            about: None,
        }
    }

    fn ask_as(&self, actor: Actor, cmd: AskMerchant) -> Result<Written, Rejected> {
        run(self.db, ctx(actor), move |tx, ctx| {
            retain::ask_merchant(tx, ctx, &cmd)
        })
    }

    fn ask(&self, text: &str) -> Result<Written, Rejected> {
        self.ask_as(Actor::Consumer(self.guest), self.question(text))
    }

    fn ask_about(&self, person: PersonId, about: About) -> Result<Written, Rejected> {
        let cmd = AskMerchant {
            about: Some(about),
            ..self.question("几点能来？")
        };
        self.ask_as(Actor::Consumer(person), cmd)
    }

    fn answer_as(
        &self,
        actor: Actor,
        conversation: ConversationId,
        media: Vec<MediaId>,
    ) -> Result<Written, Rejected> {
        let cmd = AnswerGuest {
            conversation,
            text: "有的".to_owned(),
            media,
        };
        run(self.db, ctx(actor), move |tx, ctx| {
            retain::answer_guest(tx, ctx, &cmd)
        })
    }

    fn answer(&self, conversation: ConversationId) -> Written {
        self.answer_as(self.shop.as_owner(), conversation, Vec::new())
            .expect("answered")
    }

    fn read_as(&self, actor: Actor, conversation: ConversationId, until: i64) -> Result<(), Rejected> {
        let cmd = ReadConversation { conversation, until };
        run(self.db, ctx(actor), move |tx, ctx| {
            retain::read_conversation(tx, ctx, &cmd)
        })
    }

    fn mute_as(&self, actor: Actor, conversation: ConversationId, muted: bool) -> Result<(), Rejected> {
        let cmd = MuteGuest { conversation, muted };
        run(self.db, ctx(actor), move |tx, ctx| {
            retain::mute_guest(tx, ctx, &cmd)
        })
    }

    fn picture(&self, actor: Actor, owner: MediaOwner, n: u64) -> MediaId {
        let record = move |tx: &mut store::Tx, ctx: &Ctx| {
            let cmd = RecordMedia {
                id: ctx.new_id::<kernel::Media>(),
                owner,
                sha256: sha_like(0x77, n),
                content_type: "image/jpeg".to_owned(),
                size: 1_000,
            };
            party::record_media(tx, ctx, &cmd)
        };
        run(self.db, ctx(actor), record).expect("recorded")
    }

    fn stored(&self, id: ConversationId) -> Conversation {
        let found = self.db.read_blocking(move |read| queries::conversation(read, id));
        found.expect("an answer").expect("a conversation")
    }

    fn messages(&self, id: ConversationId) -> Vec<ChatMessage> {
        let found = self
            .db
            .read_blocking(move |read| queries::chat_messages(read, id, None, 200));
        found.expect("an answer")
    }

    fn inbox(&self, merchant: MerchantId) -> Vec<PersonId> {
        let found = self
            .db
            .read_blocking(move |read| queries::inbox(read, merchant, None, 200));
        found
            .expect("an answer")
            .into_iter()
            .map(|one| one.person)
            .collect()
    }

    fn waiting(&self) -> i64 {
        let merchant = self.shop.merchant;
        let count = self
            .db
            .read_blocking(move |read| queries::waiting_conversations(read, merchant));
        count.expect("an answer")
    }

    /// Has the platform tell people what is news to them, and gives what the guest has not read.
    fn told(&self) -> Vec<Message> {
        let (cmd, reached) = self
            .db
            .read_blocking(|read| {
                let (events, reached) = StoredEvent::unread(read, WriteMessages::CONSUMER, 500)?;
                Ok((WriteMessages::about(read, &events)?, reached))
            })
            .expect("an answer");
        run(self.db, ctx(Actor::System), move |tx, ctx| {
            StoredEvent::advance(tx, WriteMessages::CONSUMER, &reached)?;
            retain::write_messages(tx, ctx, &cmd)
        })
        .expect("written");
        let guest = self.guest;
        let mut messages = self
            .db
            .read_blocking(move |read| queries::messages_of(read, guest, None, 100))
            .expect("an answer");
        messages.retain(|message| message.read_at.is_none());
        messages
    }

    fn place_order(&self, person: PersonId, offer: OfferId) -> OrderId {
        let order = order_of(offer);
        let placed = run(self.db, ctx(Actor::Consumer(person)), move |tx, ctx| {
            convert::place_order(tx, ctx, &order)
        });
        placed.expect("placed").order
    }

    fn book(&self, person: PersonId) -> BookingId {
        let table = (ResourceKind::Table, seats("Table 1", (1, 4), ""));
        let (on_sale, _) = booked(self.db, self.shop, (terms(), 9), (dinner(), &[table]), |_| {});
        let cmd = PlaceBooking {
            order: order_of(on_sale.offer),
            store: self.shop.store,
            when: When::At(NOW.plus_us(26 * HOUR_US)),
            party: 2,
            area: None,
            resources: Vec::new(),
        };
        let placed = run(self.db, ctx(Actor::Consumer(person)), move |tx, ctx| {
            consume::place_booking(tx, ctx, &cmd)
        });
        placed.expect("booked").booking
    }
}

fn order_of(offer: OfferId) -> PlaceOrder {
    PlaceOrder {
        offer,
        quantity: 1,
        wallet_coupons: Vec::new(),
        share_token: None,
        entry: None,
        use_rebate: false,
        group: None,
        seats: None,
        expected_cash: None,
    }
}

#[test]
fn a_guest_asks_and_any_of_the_staff_answers() {
    on_both(|chat| {
        let first = chat.ask(" 有宝宝椅吗？ ").expect("asked");
        assert_eq!(first.seq, 1);
        let again = chat.ask("两把").expect("asked");
        assert_eq!((again.conversation, again.seq), (first.conversation, 2));
        assert_eq!(chat.stored(first.conversation).unanswered, 2);
        let cashier = staff(chat.db, chat.shop, Some(chat.shop.store), Role::Cashier, 1);
        let at_till = Actor::Staff(cashier, chat.shop.merchant);
        let answered = chat.answer_as(at_till, first.conversation, Vec::new());
        assert_eq!(answered.expect("answered").seq, 3);
        let written: Vec<_> = chat
            .messages(first.conversation)
            .into_iter()
            .map(|one| (one.seq, one.staff, one.text))
            .collect();
        assert_eq!(
            written,
            [
                (3, Some(cashier), "有的".to_owned()),
                (2, None, "两把".to_owned()),
                (1, None, "有宝宝椅吗？".to_owned()),
            ]
        );
        let stored = chat.stored(first.conversation);
        assert_eq!((stored.unanswered, stored.is_waiting()), (0, false));
        assert_eq!((stored.last_staff, &*stored.last_text), (Some(cashier), "有的"));
    });
}

#[test]
fn only_a_guest_begins_and_only_the_two_sides_go_on() {
    on_both(|chat| {
        for (actor, refused) in [
            (Actor::Anonymous, "sign_in_required"),
            (chat.shop.as_owner(), "forbidden"),
        ] {
            assert_eq!(code(chat.ask_as(actor, chat.question("您好"))), refused);
        }
        let begun = chat.ask("您好").expect("asked").conversation;
        let rival = certified_shop(chat.db, 2);
        let admin = Actor::Operator(operator(chat.db, OperatorRole::Admin, 77));
        for (actor, refused) in [
            (rival.as_owner(), "not_found"),
            (Actor::Staff(chat.other, chat.shop.merchant), "forbidden"),
            (Actor::Consumer(chat.guest), "forbidden"),
            (admin, "forbidden"),
        ] {
            assert_eq!(
                code(chat.answer_as(actor, begun, Vec::new())),
                refused,
                "{actor:?}"
            );
        }
        for (actor, refused) in [
            (rival.as_owner(), "not_found"),
            (Actor::Consumer(chat.other), "not_found"),
            (Actor::Staff(chat.other, chat.shop.merchant), "forbidden"),
            (admin, "forbidden"),
        ] {
            assert_eq!(code(chat.read_as(actor, begun, 1)), refused, "{actor:?}");
        }
        let leaver = staff(chat.db, chat.shop, None, Role::Cashier, 1);
        let shop = chat.shop;
        run(chat.db, ctx(shop.as_owner()), move |tx, ctx| {
            let cmd = RevokeStaff {
                merchant: shop.merchant,
                person: leaver,
                store: None,
            };
            party::revoke_staff(tx, ctx, &cmd)
        })
        .expect("dismissed");
        let dismissed = Actor::Staff(leaver, shop.merchant);
        assert_eq!(code(chat.answer_as(dismissed, begun, Vec::new())), "forbidden");
        assert_eq!(chat.messages(begun).len(), 1);
    });
}

#[test]
fn a_merchant_that_may_not_sell_is_not_asked_and_one_that_is_suspended_does_not_answer() {
    on_both(|chat| {
        let newcomer = registered_shop(chat.db, 3);
        let to = |merchant| AskMerchant {
            merchant,
            ..chat.question("您好")
        };
        let guest = Actor::Consumer(chat.guest);
        assert_eq!(
            code(chat.ask_as(guest, to(newcomer.merchant))),
            "merchant_not_certified"
        );
        let nobody = MerchantId::from_uuid(uuid::Uuid::from_u128(7));
        assert_eq!(code(chat.ask_as(guest, to(nobody))), "not_found");
        let begun = chat.ask("您好").expect("asked").conversation;
        let (admin, merchant) = (operator(chat.db, OperatorRole::Admin, 77), chat.shop.merchant);
        let why = ctx(Actor::Operator(admin)).with_reason("complaints".to_owned());
        run(chat.db, why, move |tx, ctx| {
            party::suspend_merchant(tx, ctx, &SuspendMerchant { merchant })
        })
        .expect("suspended");
        assert_eq!(code(chat.ask("还在吗？")), "merchant_suspended");
        let answered = chat.answer_as(chat.shop.as_owner(), begun, Vec::new());
        assert_eq!(code(answered), "merchant_suspended");
    });
}

#[test]
fn a_question_is_about_what_the_merchant_sells_or_the_guest_has_there() {
    on_both(|chat| {
        let shown = on_sale(chat.db, chat.shop, terms(), 1, |_| {});
        let subject = |about| {
            let asked = chat.ask_about(chat.guest, about).expect("asked");
            let last = chat
                .messages(asked.conversation)
                .remove(0)
                .subject
                .expect("a subject");
            assert_eq!(chat.stored(asked.conversation).subject, Some(last));
            (last.offer, last.order, last.booking)
        };
        assert_eq!(subject(About::Offer(shown.offer)), (shown.offer, None, None));
        let order = chat.place_order(chat.guest, shown.offer);
        assert_eq!(subject(About::Order(order)), (shown.offer, Some(order), None));
        let booking = chat.book(chat.guest);
        assert_eq!(subject(About::Booking(booking)).2, Some(booking));
        let plain = chat.ask("那就这样").expect("asked");
        let stays = chat.stored(plain.conversation).subject.expect("a subject");
        assert_eq!(stays.booking, Some(booking), "until another is named");

        let rival = certified_shop(chat.db, 2);
        let elsewhere = on_sale(chat.db, rival, terms(), 2, |_| {});
        let shop = chat.shop;
        let create = draft(shop, shown.agreement);
        let unseen = run(chat.db, ctx(shop.as_owner()), move |tx, ctx| {
            offer::create_offer(tx, ctx, &create)
        });
        let theirs = chat.place_order(chat.other, shown.offer);
        let mine_elsewhere = chat.place_order(chat.guest, elsewhere.offer);
        for (person, foreign) in [
            (chat.guest, About::Offer(elsewhere.offer)),
            (chat.guest, About::Offer(unseen.expect("a draft"))),
            (chat.guest, About::Order(theirs)),
            (chat.guest, About::Order(mine_elsewhere)),
            (chat.other, About::Booking(booking)),
        ] {
            let refused = chat.ask_about(person, foreign).expect_err("a rejection");
            let field = refused.field.as_deref();
            assert_eq!((&*refused.code, field), ("chat_message_invalid", Some("/about")));
        }
    });
}

#[test]
fn pictures_are_the_writing_sides_own() {
    on_both(|chat| {
        let (guest, owner) = (Actor::Consumer(chat.guest), chat.shop.as_owner());
        let mine = chat.picture(guest, MediaOwner::Person(chat.guest), 1);
        let theirs = chat.picture(Actor::Consumer(chat.other), MediaOwner::Person(chat.other), 2);
        let shops = chat.picture(owner, MediaOwner::Merchant(chat.shop.merchant), 3);
        let ask = |media| {
            let cmd = AskMerchant {
                media,
                ..chat.question("")
            };
            chat.ask_as(guest, cmd)
        };
        for foreign in [theirs, shops] {
            assert_eq!(code(ask(vec![mine, foreign])), "chat_message_invalid");
        }
        let begun = ask(vec![mine]).expect("asked").conversation;
        for foreign in [mine, theirs] {
            let answered = chat.answer_as(owner, begun, vec![foreign]);
            assert_eq!(code(answered), "chat_message_invalid");
        }
        chat.answer_as(owner, begun, vec![shops]).expect("answered");
        let shown: Vec<_> = chat.messages(begun).into_iter().map(|one| one.media).collect();
        assert_eq!(shown, [vec![shops], vec![mine]]);
        let sides = |media| {
            let found = chat
                .db
                .read_blocking(move |read| queries::sides_shown(read, media));
            found.expect("an answer")
        };
        assert_eq!(sides(mine), [(chat.guest, chat.shop.merchant)]);
        assert_eq!(sides(theirs), []);
    });
}

#[test]
fn a_guest_waits_for_an_answer_after_twenty_messages() {
    on_both(|chat| {
        let begun = chat.ask("您好").expect("asked").conversation;
        for _ in 1..MAX_UNANSWERED {
            chat.ask("您好？").expect("asked");
        }
        assert_eq!(code(chat.ask("在吗？")), "chat_unanswered");
        assert_eq!(chat.stored(begun).message_count, MAX_UNANSWERED);
        chat.answer(begun);
        assert_eq!(chat.ask("谢谢").expect("asked").seq, MAX_UNANSWERED + 2);
    });
}

#[test]
fn a_muted_guest_is_refused_and_waits_for_nobody() {
    on_both(|chat| {
        let begun = chat.ask("买我的东西").expect("asked").conversation;
        let at_store = |role, n| {
            Actor::Staff(
                staff(chat.db, chat.shop, Some(chat.shop.store), role, n),
                chat.shop.merchant,
            )
        };
        let manager = Actor::Staff(
            staff(chat.db, chat.shop, None, Role::Manager, 3),
            chat.shop.merchant,
        );
        for (actor, refused) in [
            (at_store(Role::Cashier, 1), "forbidden"),
            (at_store(Role::Manager, 2), "forbidden"),
            (certified_shop(chat.db, 2).as_owner(), "not_found"),
            (Actor::Consumer(chat.guest), "forbidden"),
        ] {
            assert_eq!(code(chat.mute_as(actor, begun, true)), refused, "{actor:?}");
        }
        assert_eq!(chat.waiting(), 1);
        chat.mute_as(manager, begun, true).expect("muted");
        let version = chat.stored(begun).version;
        chat.mute_as(manager, begun, true).expect("said again");
        assert_eq!(chat.stored(begun).version, version);
        assert_eq!(chat.waiting(), 0);
        assert_eq!(code(chat.ask("喂")), "chat_muted");
        let written = chat.answer_as(chat.shop.as_owner(), begun, Vec::new());
        assert_eq!(code(written), "chat_muted", "who is not heard is not written to");
        let other = chat.ask_as(Actor::Consumer(chat.other), chat.question("您好"));
        other.expect("others are heard");
        chat.mute_as(manager, begun, false).expect("unmuted");
        assert_eq!(chat.waiting(), 2);
        chat.ask("谢谢").expect("asked");
        chat.answer(begun);
        chat.mute_as(manager, begun, true).expect("muted");
        chat.mute_as(manager, begun, false).expect("unmuted");
        assert_eq!(chat.waiting(), 1, "what is answered stays so");
    });
}

#[test]
fn each_side_marks_what_it_has_read_and_is_told_once_until_then() {
    on_both(|chat| {
        let begun = chat.ask("您好").expect("asked").conversation;
        chat.ask("有位子吗？").expect("asked");
        let unread = || {
            let stored = chat.stored(begun);
            (stored.guest_unread, stored.merchant_unread)
        };
        assert_eq!(unread(), (0, 2));
        let (guest, owner) = (Actor::Consumer(chat.guest), chat.shop.as_owner());
        for until in [0, -1, 3, i64::MAX] {
            assert_eq!(code(chat.read_as(owner, begun, until)), "chat_message_invalid");
        }
        chat.read_as(owner, begun, 1).expect("read");
        assert_eq!(unread(), (0, 1), "what came later stays unread");
        chat.read_as(owner, begun, 2).expect("read");
        let version = chat.stored(begun).version;
        chat.read_as(owner, begun, 1).expect("nothing new");
        assert_eq!((unread(), chat.stored(begun).version), ((0, 0), version));
        chat.told();

        for _ in 0..3 {
            chat.answer(begun);
        }
        let told = chat.told();
        let kinds: Vec<_> = told.iter().map(|one| (one.kind, one.merchant)).collect();
        let once = [(MessageKind::MerchantAnswered, Some(chat.shop.merchant))];
        assert_eq!(kinds, once, "a burst is told once");
        chat.answer(begun);
        assert_eq!((chat.told().len(), unread()), (1, (4, 0)));
        let person = chat.guest;
        let count = || {
            let found = chat
                .db
                .read_blocking(move |read| queries::unread_conversations(read, person));
            found.expect("an answer")
        };
        assert_eq!(count(), 1);
        chat.read_as(guest, begun, 6).expect("read");
        assert_eq!((count(), unread()), (0, (0, 0)));
        assert_eq!(chat.told(), [], "it is read with the conversation");
        let seen = chat.answer(begun);
        chat.read_as(guest, begun, seen.seq).expect("read");
        assert_eq!(chat.told(), [], "who has read it needs not be told");
        chat.answer(begun);
        let until = chat.told()[0].id;
        run(chat.db, ctx(guest), move |tx, ctx| {
            retain::read_messages(tx, ctx, &ReadMessages { until })
        })
        .expect("read");
        chat.answer(begun);
        assert_eq!(
            chat.told().len(),
            1,
            "who only read that there is an answer is told of the next"
        );
    });
}

#[test]
fn an_inbox_begins_with_those_who_wait_and_pages_lose_nothing() {
    on_both(|chat| {
        let guests: Vec<_> = (10..15).map(|n| consumer(chat.db, n)).collect();
        let ask = |person, minute: i64| {
            let cmd = chat.question("您好");
            let at = ctx_at(NOW.plus_us(minute * 60_000_000), Actor::Consumer(person));
            let asked = run(chat.db, at, move |tx, ctx| retain::ask_merchant(tx, ctx, &cmd));
            asked.expect("asked").conversation
        };
        let begun: Vec<_> = (0_i64..)
            .zip(&guests)
            .map(|(minute, guest)| ask(*guest, minute))
            .collect();
        chat.answer(begun[3]);
        chat.answer(begun[4]);
        let [a, b, c, d, e] = [0, 1, 2, 3, 4].map(|n: usize| guests[n]);
        let merchant = chat.shop.merchant;
        assert_eq!(chat.inbox(merchant)[..3], [c, b, a]);
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = chat
                .db
                .read_blocking(move |read| queries::inbox(read, merchant, after, 2))
                .expect("an answer");
            let Some(last) = page.last() else { break };
            after = Some(last.place());
            seen.extend(page.iter().map(|one| one.person));
        }
        assert_eq!(seen, chat.inbox(merchant));
        assert_eq!(seen.len(), 5);
        ask(d, 9);
        assert_eq!(chat.inbox(merchant), [d, c, b, a, e]);
        let mine = chat
            .db
            .read_blocking(move |read| queries::conversations_of(read, d, None, 10));
        assert_eq!(mine.expect("an answer").len(), 1);
    });
}

#[test]
fn who_is_erased_is_erased_with_all_that_was_written() {
    on_both(|chat| {
        let guest = Actor::Consumer(chat.guest);
        let mine = chat.picture(guest, MediaOwner::Person(chat.guest), 1);
        let cmd = AskMerchant {
            media: vec![mine],
            ..chat.question("我叫李伟")
        };
        let begun = chat.ask_as(guest, cmd).expect("asked").conversation;
        chat.answer(begun);
        let theirs = chat.ask_as(Actor::Consumer(chat.other), chat.question("您好"));
        let theirs = theirs.expect("asked").conversation;
        run(chat.db, ctx(guest), |tx, ctx| {
            retain::erase_person(tx, ctx, &ErasePerson { give_up_open: false })
        })
        .expect("erased");
        let left = chat.db.read_blocking(move |read| {
            let sides = queries::sides_shown(read, mine)?;
            Ok((queries::conversation(read, begun)?, sides))
        });
        assert_eq!(left.expect("an answer"), (None, Vec::new()));
        assert_eq!(chat.messages(begun), []);
        assert_eq!(chat.messages(theirs).len(), 1);
        assert_eq!(chat.inbox(chat.shop.merchant), [chat.other]);
        let answered = chat.answer_as(chat.shop.as_owner(), begun, Vec::new());
        assert_eq!(code(answered), "not_found");
        assert_eq!(chat.told(), [], "nobody is left to be told");
        assert_eq!(code(chat.ask("还在吗？")), "sign_in_required");
    });
}

#[test]
fn nothing_is_written_by_whose_account_is_closed_at_that_moment() {
    on_both(|chat| {
        let go = Barrier::new(9);
        std::thread::scope(|scope| {
            for n in 0..9 {
                let go = &go;
                scope.spawn(move || {
                    go.wait();
                    if n == 4 {
                        let erased = run(chat.db, ctx(Actor::Consumer(chat.guest)), |tx, ctx| {
                            retain::erase_person(tx, ctx, &ErasePerson { give_up_open: false })
                        });
                        erased.expect("erased");
                    } else {
                        // Before it is erased, or refused.
                        drop(chat.ask("有位子吗？"));
                    }
                });
            }
        });
        assert_eq!(chat.inbox(chat.shop.merchant), []);
    });
}

#[test]
fn sixteen_who_write_at_once_leave_no_gap_and_no_double() {
    on_both(|chat| {
        let go = Barrier::new(16);
        std::thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    go.wait();
                    chat.ask("您好").expect("asked");
                });
            }
        });
        let guest = chat.guest;
        let merchant = chat.shop.merchant;
        let found = chat
            .db
            .read_blocking(move |read| queries::conversation_between(read, guest, merchant));
        let begun = found.expect("an answer").expect("one conversation").id;
        std::thread::scope(|scope| {
            for n in 0..16 {
                let (go, chat) = (&go, &chat);
                scope.spawn(move || {
                    go.wait();
                    // The guest has four left, and gets more with each answer.
                    match n % 2 {
                        0 => drop(chat.ask("在吗？")),
                        _ => drop(chat.answer(begun)),
                    }
                });
            }
        });
        let mut written: Vec<i64> = chat.messages(begun).iter().map(|one| one.seq).collect();
        written.reverse();
        let count = chat.stored(begun).message_count;
        assert_eq!(written, (1..=count).collect::<Vec<_>>());
        assert!(count >= 24, "{count}");
    });
}

#[test]
fn of_thirty_questions_at_once_twenty_are_taken() {
    on_both(|chat| {
        let go = Barrier::new(30);
        std::thread::scope(|scope| {
            for _ in 0..30 {
                scope.spawn(|| {
                    go.wait();
                    drop(chat.ask("您好"));
                });
            }
        });
        let merchant = chat.shop.merchant;
        let found = chat
            .db
            .read_blocking(move |read| queries::inbox(read, merchant, None, 10));
        let found = found.expect("an answer");
        let counts: Vec<_> = found
            .iter()
            .map(|one| (one.message_count, one.unanswered))
            .collect();
        assert_eq!(counts, [(MAX_UNANSWERED, MAX_UNANSWERED)]);
    });
}
