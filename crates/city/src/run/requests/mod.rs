//! A step as the request that somebody sends: which command, by whom, in which lane, and the answer as text that
//! can be stored, repeated and compared.

mod booking;
mod buying;
mod coming;
mod counter;
mod house;
mod look;
mod news;
mod queue;
mod returning;
mod reviewing;
mod scanning;
mod showing;
mod staff;
mod waitlist;

use kernel::{Actor, Ctx, StaticType};
use sha2::{Digest, Sha256};
use store::{Fail, Job, Key, Lock, Tx};
use type_safe_id::TypeSafeId;
use uuid::Uuid;

use super::directory::Directory;
use super::model::Model;
use super::op::{By, Name, Op, Staff, Step};

pub(crate) use booking::{every_day, terms as booking_terms};
pub(crate) use news::forge;
pub(crate) use staff::login as clerk_login;

/// An accepted command's answer.
pub(crate) struct Reply {
    pub text: String,
    pub made: Vec<Uuid>,
}

impl Reply {
    fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            made: Vec::new(),
        }
    }

    fn made(text: impl Into<String>, made: Vec<Uuid>) -> Self {
        Self {
            text: text.into(),
            made,
        }
    }

    fn redeemed(redeemed: &consume::Redeemed) -> Self {
        let (uses, use_no, left) = (redeemed.uses, redeemed.use_no, redeemed.uses_left);
        let (worth, at_store) = (redeemed.amount.amount, redeemed.due_at_store.amount);
        let text = format!("{uses} to use {use_no}, {left} left, worth {worth} and {at_store} at the store");
        Self::made(text, vec![redeemed.redemption.uuid()])
    }

    /// The stored response: the text, then an id to a line.
    fn to_stored(&self) -> String {
        let ids = self.made.iter().map(|id| format!("\n{id}"));
        ids.fold(self.text.clone(), |stored, id| stored + &id)
    }

    /// Reads [`Self::to_stored`] back.
    pub fn from_stored(stored: &str) -> Self {
        let mut lines = stored.lines();
        let text = lines.next().unwrap_or_default().to_owned();
        let made = lines.filter_map(|line| line.parse().ok()).collect();
        Self { text, made }
    }
}

type Run = Box<dyn Fn(&mut Tx, &Ctx) -> Result<Reply, Fail> + Send>;

/// What is to be run, and for whom.
struct Request {
    name: &'static str,
    actor: Actor,
    lane: Uuid,
    locks: Vec<Lock>,
    reason: Option<&'static str>,
    /// Who sends it names it by itself, not after the step.
    key: Option<Key>,
    run: Run,
}

impl Request {
    fn new(
        name: &'static str,
        actor: Actor,
        lane: Uuid,
        run: impl Fn(&mut Tx, &Ctx) -> Result<Reply, Fail> + Send + 'static,
    ) -> Self {
        Self {
            name,
            actor,
            lane,
            locks: Vec::new(),
            reason: None,
            key: None,
            run: Box::new(run),
        }
    }

    fn locking(self, locks: Vec<Lock>) -> Self {
        Self { locks, ..self }
    }

    fn keyed(self, key: Key) -> Self {
        Self {
            key: Some(key),
            ..self
        }
    }

    fn because(self, reason: &'static str) -> Self {
        Self {
            reason: Some(reason),
            ..self
        }
    }
}

/// What a request is made from: who and what there is, and what happened outside of the platform.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub model: &'a Model,
    pub directory: &'a Directory,
}

/// A seed and a number of this seed's as 32 unpredictable bytes.
pub(crate) fn bytes_of(seed: u64, purpose: &str, no: u32) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(purpose);
    hash.update(seed.to_le_bytes());
    hash.update(no.to_le_bytes());
    hash.finalize().into()
}

/// The step's job. Building it twice is sending the same request twice; `altered` sends something else under
/// the same key. `None`: nobody sends anything.
pub(crate) fn job(scene: Scene<'_>, seed: u64, step: &Step, altered: bool) -> Option<Job> {
    let request = request(scene, step, altered)?;
    let ctx = Ctx::new(step.at, request.actor, bytes_of(seed, "step", step.no));
    let ctx = match request.reason {
        Some(reason) => ctx.with_reason(reason.to_owned()),
        None => ctx,
    };
    let own_key = || Key {
        actor: request.actor.to_bytes(),
        key: format!("step {}", step.no).into_bytes(),
        request_hash: Sha256::digest(format!("{:?} {altered}", step.op)).into(),
    };
    let key = request.key.unwrap_or_else(own_key);
    let run = request.run;
    let job = Job::in_lane(request.name, request.lane.into_bytes(), ctx, move |tx, ctx| {
        Ok(run(tx, ctx)?.to_stored())
    });
    Some(job.keyed(key).locking(request.locks))
}

fn request(scene: Scene<'_>, step: &Step, altered: bool) -> Option<Request> {
    Some(match step.op {
        Op::PayOutside { .. }
        | Op::ChargeBackOutside { .. }
        | Op::ReverseOutside { .. }
        | Op::RefundOutside { .. }
        | Op::TransferOutside { .. }
        | Op::Forge(_)
        | Op::Work { .. } => return None,
        Op::Claim { person, coupon } => buying::claim(scene, person, coupon),
        Op::ClaimCode {
            person,
            coupon,
            number,
            mistyped,
        } => buying::claim_code(scene, person, coupon, (number, mistyped)),
        Op::Member { person, shop, joins } => coming::member(scene, person, shop, joins),
        Op::Share { person, good } => coming::share(scene, person, good),
        Op::OpenEntry { shop } => coming::open_entry(scene, shop),
        Op::CloseEntry { entry, shop } => coming::close_entry(scene, entry, shop),
        Op::Visit { entry, good, count } => coming::visit(scene, entry, good, count),
        Op::Place(place) => buying::place(scene, &place),
        Op::Cart(places) => buying::place_cart(scene, &places),
        Op::Cancel { person, order } => buying::cancel(scene, person, order),
        Op::Book(book) => booking::book(scene, &book),
        Op::BookWithCard(book) => booking::book_with_card(scene, &book),
        Op::JoinWaitlist(wish) => waitlist::join(scene, &wish),
        Op::OfferPlace { entry } => waitlist::offer(scene, entry),
        Op::TakePlace { entry, place } => waitlist::take(scene, entry, &place),
        Op::LeaveWaitlist { person, entry } => waitlist::leave(scene, person, entry),
        Op::EndWaiting { entry } => waitlist::end(scene, entry),
        Op::Keep {
            shop,
            staff,
            resources,
            from,
            until,
        } => booking::keep(scene, (shop, staff), resources, (from, until)),
        Op::Move {
            by,
            booking,
            when,
            resource,
            seats,
        } => booking::move_to(scene, by, booking, (when, resource, seats)),
        Op::ChooseSeats { by, voucher, seats } => booking::choose_seats(scene, by, voucher, &seats),
        Op::CancelBooking {
            by,
            booking,
            with_reason,
        } => booking::cancel(scene, by, booking, with_reason),
        Op::NoShow { by, booking } => booking::no_show(scene, by, booking),
        Op::Arrive { by, booking } => booking::arrive(scene, by, booking),
        Op::Schedule {
            good,
            day,
            minute,
            length,
            surcharge,
        } => showing::schedule(scene, good, (day, minute, length), surcharge),
        Op::CallOff {
            shop,
            staff,
            showing,
            with_reason,
        } => showing::call_off(scene, (shop, staff), showing, with_reason),
        Op::SetQueue {
            shop,
            staff,
            is_open,
            lines,
        } => queue::set(scene, (shop, staff), (is_open, lines)),
        Op::JoinQueue { by, shop, party } => queue::join(scene, by, shop, party),
        Op::Call { shop, staff, whom } => queue::call(scene, (shop, staff), whom),
        Op::EndTicket {
            shop,
            staff,
            ticket,
            seated,
        } => queue::end(scene, (shop, staff), (ticket, seated)),
        Op::LeaveQueue { person, ticket } => queue::leave(scene, person, ticket),
        Op::Start { person, order } => buying::start(scene, person, order),
        Op::Hear { news, asked: true } => news::asked(scene, step.at, news),
        Op::Hear { news, asked: false } => news::delivered(scene, step.no, step.at, news, altered),
        Op::Release { order } => buying::release(scene, order),
        Op::CloseGroup { group } => buying::close_group(scene, group),
        Op::Remind { booking } => booking::remind(scene, booking),
        Op::Lapse { booking } => booking::lapse(scene, booking),
        Op::RefundShowing { showing } => showing::refund(scene, showing),
        Op::Redeem {
            shop,
            staff,
            store,
            voucher,
            uses,
        } => counter::redeem(scene, (shop, staff, store), voucher, uses),
        Op::TypeNonsense { shop, staff } => counter::type_nonsense(scene, shop, staff),
        Op::Undo {
            shop,
            staff,
            redemption,
        } => counter::undo(scene, shop, staff, redemption),
        Op::Bind {
            person,
            voucher,
            phone,
        } => scanning::bind(scene, person, voucher, phone),
        Op::Scan {
            shop,
            staff,
            store,
            voucher,
            binding,
            uses,
        } => scanning::scan(scene, (shop, staff, store), (voucher, uses), binding),
        Op::Sync {
            shop,
            store,
            scan,
            again,
        } => scanning::sync(scene, (shop, store), [Some((step.no, scan)), again]),
        Op::PostRebate { redemption } => counter::post_rebate(scene, redemption),
        Op::RefundVoucher { person, voucher } => returning::refund_voucher(scene, person, voucher),
        Op::RefundRedeemed {
            shop,
            by_operator,
            redemption,
        } => returning::refund_redeemed(scene, shop, by_operator, redemption),
        Op::SendRefund { refund } => returning::send_refund(scene, refund),
        Op::Expire { voucher } => returning::expire(scene, voucher),
        Op::Propose { shop, second } => house::propose(scene, shop, second),
        Op::PayIn { shop, amount } => house::pay_in(scene, shop, amount),
        Op::Approve { payout, second } => house::approve(scene, payout, second),
        Op::Retry { payout } => house::retry(scene, payout),
        Op::Review {
            person,
            redemption,
            stars,
        } => reviewing::review(scene, person, redemption, stars),
        Op::Reply {
            shop,
            staff,
            redemption,
        } => reviewing::reply(scene, shop, staff, redemption),
        Op::Moderate {
            redemption,
            hide,
            with_reason,
        } => reviewing::moderate(scene, redemption, hide, with_reason),
        Op::StopCoupon { coupon } => house::stop_coupon(scene, coupon),
        Op::ChangeStock { good, capacity } => house::change_stock(scene, good, capacity),
        Op::ChangePolicy { good, policy } => booking::change_policy(scene, good, policy),
        Op::Pause { good } => house::pause(scene, good),
        Op::Resume { good } => house::resume(scene, good),
        Op::EndAgreement { good, by_platform } => {
            let by = if by_platform {
                scene.admin()
            } else {
                house::owner_of(scene, good)
            };
            house::end_agreement(scene, good, by)
        }
        Op::AgreementStarts { good } => house::start_agreement(scene, good),
        Op::AgreementEnds { good } => house::end_agreement(scene, good, Actor::System),
        Op::Suspend { shop } => house::suspend(scene, shop),
        Op::Reinstate { shop } => house::reinstate(scene, shop),
        Op::Hire { shop } => staff::hire(scene, shop),
        Op::SignIn { shop } => staff::sign_in(scene, shop),
        Op::ChangePost { shop, staff, post } => staff::change_post(scene, shop, staff, post),
        Op::Dismiss { shop, staff } => staff::dismiss(scene, shop, staff),
        Op::Prune => house::prune(scene),
    })
}

impl Scene<'_> {
    fn id<K: StaticType>(&self, name: Name) -> TypeSafeId<K> {
        self.directory.id(name)
    }

    fn consumer(&self, person: usize) -> Actor {
        Actor::Consumer(self.directory.cast.people[person])
    }

    fn staff(&self, shop: usize, staff: Staff) -> Actor {
        let merchant = self.directory.cast.shops[shop].merchant;
        Actor::Staff(self.id(Name::Staff(shop, staff)), merchant)
    }

    fn actor(&self, by: By) -> Actor {
        match by {
            By::Guest(person) => self.consumer(person),
            By::Staff(shop, staff) => self.staff(shop, staff),
        }
    }

    fn finance(&self, second: bool) -> Actor {
        let cast = &self.directory.cast;
        Actor::Operator(if second { cast.second } else { cast.finance })
    }

    fn admin(&self) -> Actor {
        Actor::Operator(self.directory.cast.admin)
    }
}
