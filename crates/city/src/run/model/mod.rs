//! What must be true after each step, kept in maps: the auditor's own idea of the platform. It predicts every
//! answer, acceptance or the code of the refusal with the amounts, and every figure in the database. It shares
//! no code with the commands, knows no SQL and forgets nothing.

mod back;
mod booking;
mod books;
mod buy;
mod card;
mod come;
mod coupons;
mod dispute;
mod groups;
mod house;
mod keep;
pub(crate) mod money;
mod pay;
mod pay_out;
mod provider;
mod queue;
mod review;
mod scan;
mod showing;
mod slots;
mod staff;
mod state;
mod visit;
mod waitlist;

use std::collections::{BTreeMap, BTreeSet};

use kernel::{DAY_US, Timestamp};

use super::booked::Seat;
use super::op::{Book, By, Forgery, Name, News, No, Op, Place, Post, Scan, Staff, Step, VoucherName, Whom};
use super::world::{BEGIN, World};

pub(crate) use booking::Booking;
pub(crate) use books::{Books, Owner};
pub(crate) use card::KeptUses;
pub(crate) use provider::{Payment, Provider};
pub(crate) use queue::{Queue, QueueStatus, QueueTicket};
pub(crate) use showing::{Showing, may_choose, stretches};
pub(crate) use state::*;
pub(crate) use waitlist::{WaitlistEntry, WaitlistStatus};

/// The platform as it must be.
#[derive(Clone)]
pub(crate) struct Model {
    pub world: World,
    pub books: Books,
    pub provider: Provider,
    pub orders: BTreeMap<No, Order>,
    /// By their leaders' orders.
    pub groups: BTreeMap<No, Group>,
    /// Each under the step that made it: also its order, or the seats of its open ticket were chosen.
    pub bookings: BTreeMap<No, Booking>,
    /// Each under the step that put it on.
    pub showings: BTreeMap<No, Showing>,
    /// By shop.
    pub queues: BTreeMap<usize, Queue>,
    /// Each under the step that gave it out.
    pub queue_tickets: BTreeMap<No, QueueTicket>,
    /// Who waits, or waited, each under the step that made it.
    pub waitlist: BTreeMap<No, WaitlistEntry>,
    /// Resources and steps that somebody had.
    opened: BTreeSet<(usize, i64)>,
    /// Seats of showings that somebody had.
    seated: BTreeSet<(No, Seat)>,
    /// The policy by which each good is booked now, and the version of its terms.
    policies: Vec<(usize, i64)>,
    pub attempts: BTreeMap<No, Attempt>,
    pub refunds: BTreeMap<No, Refund>,
    pub redemptions: BTreeMap<No, Redemption>,
    /// What ran out or was a fee, and is the merchant's.
    forfeits: BTreeMap<VoucherName, Taken>,
    pub lines: Vec<Line>,
    pub payouts: BTreeMap<No, Payout>,
    pub wallets: BTreeMap<No, Wallet>,
    /// Share links by person and good, and the step that made each.
    pub links: BTreeMap<(usize, usize), No>,
    pub timers: BTreeMap<(TimerKind, Name), Timestamp>,
    /// Who is a member of which shop.
    pub members: BTreeSet<(usize, usize)>,
    /// What people can spend of their rebates, by currency.
    pub spendable: BTreeMap<(usize, &'static str), i128>,
    pub stock: Vec<Bucket>,
    pub head_count: Vec<Bucket>,
    pub coupon_count: Vec<Bucket>,
    pub coupon_budget: Vec<Bucket>,
    /// By coupon and person: how many in all, and on which day of the coupon how many.
    pub claimed: BTreeMap<(usize, usize), Claimed>,
    /// Coupons and numbers.
    pub codes_used: BTreeSet<(usize, i64)>,
    coupon_stopped: Vec<bool>,
    paused: Vec<bool>,
    pub agreement_ended: Vec<bool>,
    suspended: Vec<bool>,
    pub clerks: BTreeMap<(usize, Staff), Clerk>,
    pub entries: BTreeMap<No, Entry>,
    /// What people were told once everybody who tells has: how often by its kind, and of how much.
    pub told: BTreeMap<(usize, &'static str), (i128, i128)>,
    /// The provider's news that was taken in, with the answer.
    pub heard: BTreeMap<News, Answer>,
    /// What happened and no command's name tells.
    pub rarities: BTreeSet<&'static str>,
    misses: BTreeMap<(usize, Typist), Misses>,
    /// What devices sent that had no network, by shop, store and the step that sent it.
    pub scans: BTreeMap<(usize, usize, No), Scanned>,
    /// Requests that were answered: when each was, and of which news.
    pub keys: Vec<(Timestamp, Option<News>)>,
}

impl Model {
    /// A world that was founded by so many requests.
    pub fn new(world: World, founding: &[Timestamp]) -> Self {
        let of_goods = |capacity: fn(&super::world::Good) -> i64| {
            world
                .goods
                .iter()
                .map(|good| Bucket::of(capacity(good)))
                .collect::<Vec<_>>()
        };
        let of_coupons = |capacity: fn(&super::world::Coupon) -> i64| {
            world
                .coupons
                .iter()
                .map(|coupon| Bucket::of(capacity(coupon)))
                .collect::<Vec<_>>()
        };
        let timers = world.goods.iter().enumerate().flat_map(|(n, good)| {
            [
                (TimerKind::AgreementStarts, BEGIN.plus_us(-DAY_US)),
                (TimerKind::AgreementEnds, good.ends_at),
            ]
            .map(|(kind, due)| ((kind, Name::Agreement(n)), due))
        });
        let clerk = Clerk {
            post: Some(Post::Cashier),
            sessions: Vec::new(),
        };
        let clerks = (0..world.shops.len()).map(|shop| ((shop, Staff::Clerk), clerk.clone()));
        Self {
            books: Books::default(),
            provider: Provider::default(),
            orders: BTreeMap::new(),
            groups: BTreeMap::new(),
            bookings: BTreeMap::new(),
            showings: BTreeMap::new(),
            queues: BTreeMap::new(),
            queue_tickets: BTreeMap::new(),
            waitlist: BTreeMap::new(),
            opened: BTreeSet::new(),
            seated: BTreeSet::new(),
            policies: vec![(0, 1); world.goods.len()],
            attempts: BTreeMap::new(),
            refunds: BTreeMap::new(),
            redemptions: BTreeMap::new(),
            forfeits: BTreeMap::new(),
            lines: Vec::new(),
            payouts: BTreeMap::new(),
            wallets: BTreeMap::new(),
            links: BTreeMap::new(),
            timers: timers.collect(),
            members: BTreeSet::new(),
            spendable: BTreeMap::new(),
            stock: of_goods(|good| good.stock),
            head_count: of_goods(|good| good.head_count),
            coupon_count: of_coupons(|coupon| coupon.total),
            coupon_budget: of_coupons(|coupon| coupon.budget),
            claimed: BTreeMap::new(),
            codes_used: BTreeSet::new(),
            coupon_stopped: vec![false; world.coupons.len()],
            paused: vec![false; world.goods.len()],
            agreement_ended: vec![false; world.goods.len()],
            suspended: vec![false; world.shops.len()],
            clerks: clerks.collect(),
            entries: BTreeMap::new(),
            told: BTreeMap::new(),
            heard: BTreeMap::new(),
            rarities: BTreeSet::new(),
            misses: BTreeMap::new(),
            scans: BTreeMap::new(),
            keys: founding.iter().map(|at| (*at, None)).collect(),
            world,
        }
    }

    /// Whether everything that the step names was made.
    pub fn knows(&self, op: &Op) -> bool {
        let employs = |shop: &usize, staff: &Staff| {
            *staff == Staff::Owner || self.clerks.contains_key(&(*shop, *staff))
        };
        let is_there = |by: &By| match by {
            By::Guest(_) => true,
            By::Staff(shop, staff) => employs(shop, staff),
        };
        let has_entry = |entry: &Option<No>| entry.is_none_or(|entry| self.entries.contains_key(&entry));
        let knows_place = |place: &Place| {
            let mut wallets = place.wallets.into_iter().flatten();
            has_entry(&place.entry)
                && self.knows_group(place.group)
                && wallets.all(|wallet| self.wallets.contains_key(&wallet))
                && place
                    .link
                    .is_none_or(|link| self.links.values().any(|made| *made == link))
        };
        match op {
            Op::TakePlace { entry, .. } if !self.waitlist.contains_key(entry) => false,
            Op::Book(Book {
                seats: Some(seats), ..
            }) if !self.showings.contains_key(&seats.showing) => false,
            Op::Place(place) | Op::Book(Book { place, .. }) | Op::TakePlace { place, .. } => {
                knows_place(place)
            }
            Op::Cart(places) => places.iter().all(knows_place),
            Op::Move {
                seats: Some(seats), ..
            } if !self.showings.contains_key(&seats.showing) => false,
            Op::ChooseSeats { by, voucher, seats } => {
                let is_shown = self.showings.contains_key(&seats.showing);
                is_there(by) && self.voucher(*voucher).is_some() && is_shown
            }
            Op::Move { by, booking, .. }
            | Op::CancelBooking { by, booking, .. }
            | Op::NoShow { by, booking }
            | Op::Arrive { by, booking } => is_there(by) && self.bookings.contains_key(booking),
            Op::JoinQueue { by, .. } => is_there(by),
            Op::Call {
                shop,
                staff,
                whom: Whom::Ticket(ticket),
            }
            | Op::EndTicket {
                shop, staff, ticket, ..
            } => self.queue_tickets.contains_key(ticket) && employs(shop, staff),
            Op::LeaveQueue { ticket, .. } => self.queue_tickets.contains_key(ticket),
            Op::CloseEntry { entry, .. } => self.entries.contains_key(entry),
            Op::Visit { entry, .. } => has_entry(entry),
            Op::Cancel { order, .. } | Op::Start { order, .. } | Op::Release { order } => {
                self.orders.contains_key(order)
            }
            Op::CloseGroup { group } => self.groups.contains_key(group),
            Op::Remind { booking } | Op::Lapse { booking } => self.bookings.contains_key(booking),
            Op::BookWithCard(book) => self.voucher(book.card).is_some(),
            Op::CallOff {
                shop, staff, showing, ..
            } => self.showings.contains_key(showing) && employs(shop, staff),
            Op::RefundShowing { showing } => self.showings.contains_key(showing),
            Op::OfferPlace { entry } | Op::LeaveWaitlist { entry, .. } | Op::EndWaiting { entry } => {
                self.waitlist.contains_key(entry)
            }
            Op::PayOutside { attempt, .. } => self.attempts.contains_key(attempt),
            Op::ChargeBackOutside { payment, .. } | Op::ReverseOutside { payment } => {
                self.provider.payments.contains_key(payment)
            }
            Op::Hear { news, .. }
            | Op::Forge(
                Forgery::Secret(news)
                | Forgery::Renamed(news)
                | Forgery::Leaked(news, _)
                | Forgery::Changed(news, _)
                | Forgery::Replayed(news, _),
            ) => match *news {
                News::Paid(payment) => self.provider.payments.contains_key(&payment),
                News::ChargedBack(payment) => {
                    let payment = self.provider.payments.get(&payment);
                    payment.is_some_and(|payment| payment.charged_back.is_some())
                }
                News::Reversed(payment) => {
                    let payment = self.provider.payments.get(&payment);
                    payment.is_some_and(|payment| payment.reversed)
                }
                News::NotPaid(attempt) => self.attempts.contains_key(&attempt),
                News::Refund(refund, tries) => self.provider.refund_said(refund, tries).is_some(),
                News::Transfer(payout, tries) => self.provider.transfer_said(payout, tries).is_some(),
            },
            Op::RefundVoucher { voucher, .. }
            | Op::Bind { voucher, .. }
            | Op::Expire { voucher }
            | Op::Forge(Forgery::Screenshot(voucher, _) | Forgery::OtherPhone(voucher)) => {
                self.voucher(*voucher).is_some()
            }
            Op::Redeem {
                shop, staff, voucher, ..
            }
            | Op::Scan {
                shop, staff, voucher, ..
            } => self.voucher(*voucher).is_some() && employs(shop, staff),
            Op::Sync {
                shop,
                store,
                scan,
                again,
            } => {
                let sent = |(no, _): &(No, Scan)| self.scans.contains_key(&(*shop, *store, *no));
                self.voucher(scan.voucher).is_some() && again.as_ref().is_none_or(sent)
            }
            Op::Undo {
                shop,
                staff,
                redemption,
            } => self.redemptions.contains_key(redemption) && employs(shop, staff),
            Op::RefundRedeemed { redemption, .. } | Op::Review { redemption, .. } => {
                self.redemptions.contains_key(redemption)
            }
            Op::Reply {
                shop,
                staff,
                redemption,
            } => self.has_review(*redemption) && employs(shop, staff),
            Op::Moderate { redemption, .. } => self.has_review(*redemption),
            Op::PostRebate { redemption } => self
                .redemptions
                .get(redemption)
                .is_some_and(|redemption| redemption.rebate.is_some()),
            Op::SendRefund { refund } => self.refunds.contains_key(refund),
            Op::RefundOutside { refund, .. } => self.provider.refunds.contains_key(refund),
            Op::Approve { payout, .. } | Op::Retry { payout } => self.payouts.contains_key(payout),
            Op::TransferOutside { payout, .. } => self.provider.transfers.contains_key(payout),
            Op::TypeNonsense { shop, staff }
            | Op::Keep { shop, staff, .. }
            | Op::SetQueue { shop, staff, .. }
            | Op::Call {
                shop,
                staff,
                whom: Whom::Next(_),
            }
            | Op::ChangePost { shop, staff, .. }
            | Op::Dismiss { shop, staff } => employs(shop, staff),
            Op::Claim { .. }
            | Op::ClaimCode { .. }
            | Op::Member { .. }
            | Op::Share { .. }
            | Op::JoinWaitlist(_)
            | Op::Schedule { .. }
            | Op::OpenEntry { .. }
            | Op::Work { .. }
            | Op::Propose { .. }
            | Op::PayIn { .. }
            | Op::StopCoupon { .. }
            | Op::ChangeStock { .. }
            | Op::ChangePolicy { .. }
            | Op::Pause { .. }
            | Op::Resume { .. }
            | Op::EndAgreement { .. }
            | Op::AgreementStarts { .. }
            | Op::AgreementEnds { .. }
            | Op::Suspend { .. }
            | Op::Reinstate { .. }
            | Op::Hire { .. }
            | Op::SignIn { .. }
            | Op::Prune => true,
        }
    }

    fn has_review(&self, redemption: No) -> bool {
        let redemption = self.redemptions.get(&redemption);
        redemption.is_some_and(|redemption| redemption.review.is_some())
    }

    /// Lives a step that [`Self::knows`] of, and says what the platform must answer. `None`: nobody asks it.
    pub fn live(&mut self, step: &Step) -> Option<Answer> {
        let (no, now) = (step.no, step.at);
        let answer = match step.op {
            Op::PayOutside { attempt, amount } => return self.pay_outside(no, attempt, amount),
            Op::ChargeBackOutside { payment, whole } => return self.charge_back_outside(payment, whole),
            Op::ReverseOutside { payment } => return self.reverse_outside(payment),
            Op::RefundOutside { refund, succeeds } => return self.refund_outside(refund, succeeds),
            Op::TransferOutside { payout, succeeds } => return self.transfer_outside(payout, succeeds),
            // Nobody may believe a forgery; and workers say nothing to anybody.
            Op::Forge(_) | Op::Work { .. } => return None,
            Op::Claim { person, coupon } => self.claim(no, now, person, coupon),
            Op::ClaimCode {
                person,
                coupon,
                number,
                mistyped,
            } => self.claim_code(no, now, (person, coupon), (number, mistyped)),
            Op::Member { person, shop, joins } => self.member(person, shop, joins),
            Op::Share { person, good } => self.share(no, now, person, good),
            Op::OpenEntry { shop } => self.open_entry(no, shop),
            Op::CloseEntry { entry, shop } => self.close_entry(entry, shop),
            Op::Visit { entry, good, count } => self.visit(entry, good, count),
            Op::Place(place) => self.place(no, now, &place),
            Op::Cart(places) => self.cart(no, now, &places),
            Op::Cancel { person, order } => self.cancel(person, order),
            Op::Book(book) => self.book(no, now, &book),
            Op::BookWithCard(book) => self.book_with_card(no, now, &book),
            Op::JoinWaitlist(wish) => self.join_waitlist(no, now, &wish),
            Op::OfferPlace { entry } => self.offer_place(now, entry),
            Op::TakePlace { entry, place } => self.take_place(no, now, entry, &place),
            Op::LeaveWaitlist { person, entry } => self.leave_waitlist(person, entry),
            Op::EndWaiting { entry } => self.end_waiting(now, entry),
            Op::Keep {
                shop,
                staff,
                resources,
                from,
                until,
            } => self.keep(no, (shop, staff), resources.to_vec(), (from, until)),
            Op::Move {
                by,
                booking,
                when,
                resource,
                seats,
            } => self.move_booking(now, by, booking, (when, resource, seats)),
            Op::ChooseSeats { by, voucher, seats } => self.choose_seats(no, now, by, (voucher, &seats)),
            Op::CancelBooking {
                by,
                booking,
                with_reason,
            } => self.cancel_booking(no, now, by, booking, with_reason),
            Op::NoShow { by, booking } => self.no_show(no, now, by, booking),
            Op::Arrive { by, booking } => self.arrive(no, now, by, booking),
            Op::Schedule {
                good,
                day,
                minute,
                length,
                surcharge,
            } => self.schedule(no, now, good, (day, minute, length), surcharge),
            Op::CallOff {
                shop,
                staff,
                showing,
                with_reason,
            } => self.call_off(now, (shop, staff), showing, with_reason),
            Op::SetQueue {
                shop,
                staff,
                is_open,
                lines,
            } => self.set_queue(now, (shop, staff), (is_open, lines)),
            Op::JoinQueue { by, shop, party } => self.join_queue(no, now, (by, shop), party),
            Op::Call { shop, staff, whom } => self.call(now, (shop, staff), whom),
            Op::EndTicket {
                shop,
                staff,
                ticket,
                seated,
            } => self.end_ticket(now, (shop, staff), (ticket, seated)),
            Op::LeaveQueue { person, ticket } => self.leave_queue(now, person, ticket),
            Op::Start { person, order } => self.start(no, now, person, order),
            // It keeps its key by itself.
            Op::Hear { news, asked } => return Some(self.hear(no, now, news, asked)),
            Op::RefundVoucher { person, voucher } => self.refund_voucher(no, now, person, voucher),
            Op::Redeem {
                shop,
                staff,
                store,
                voucher,
                uses,
            } => self.redeem(no, now, (shop, staff, store), (voucher, uses)),
            Op::Bind {
                person,
                voucher,
                phone,
            } => self.bind(person, voucher, phone),
            Op::Scan {
                shop,
                staff,
                store,
                voucher,
                binding,
                uses,
            } => self.scan(no, now, (shop, staff, store), (voucher, uses), binding),
            Op::Sync {
                shop,
                store,
                scan,
                again,
            } => self.sync(no, now, (shop, store), &scan, again.map(|(no, _)| no)),
            Op::TypeNonsense { shop, staff } => self.type_nonsense(now, shop, staff),
            Op::Undo {
                shop,
                staff,
                redemption,
            } => self.undo(now, shop, staff, redemption),
            Op::RefundRedeemed {
                shop,
                by_operator,
                redemption,
            } => self.refund_redeemed(no, now, (shop, by_operator), redemption),
            Op::SendRefund { refund } => self.send_refund(refund),
            Op::Propose { shop, second } => self.propose(no, now, shop, second),
            Op::PayIn { shop, amount } => self.pay_in(no, now, shop, amount),
            Op::Approve { payout, second } => self.approve(payout, second),
            Op::Retry { payout } => self.retry(payout),
            Op::Release { order } => self.release(now, order),
            Op::CloseGroup { group } => self.close_group(now, group),
            Op::Remind { booking } => self.remind(booking),
            Op::Lapse { booking } => self.lapse(now, booking),
            Op::RefundShowing { showing } => self.refund_showing(now, showing),
            Op::Expire { voucher } => self.expire(no, now, voucher),
            Op::PostRebate { redemption } => self.post_rebate(now, redemption),
            Op::Review {
                person,
                redemption,
                stars,
            } => self.review(person, redemption, stars),
            Op::Reply {
                shop,
                staff,
                redemption,
            } => self.reply(shop, staff, redemption),
            Op::Moderate {
                redemption,
                hide,
                with_reason,
            } => self.moderate(redemption, hide, with_reason),
            Op::StopCoupon { coupon } => self.stop_coupon(coupon),
            Op::ChangeStock { good, capacity } => self.change_stock(good, capacity),
            Op::ChangePolicy { good, policy } => self.change_policy(good, policy),
            Op::Pause { good } => self.pause(good, true),
            Op::Resume { good } => self.pause(good, false),
            Op::EndAgreement { good, .. } => self.end_agreement(good),
            Op::AgreementStarts { good } => self.agreement_starts(good),
            Op::AgreementEnds { good } => self.agreement_ends(now, good),
            Op::Suspend { shop } => self.suspend(shop),
            Op::Reinstate { shop } => self.reinstate(shop),
            Op::Hire { shop } => self.hire(no, shop),
            Op::SignIn { shop } => self.sign_in(now, shop),
            Op::ChangePost { shop, staff, post } => self.change_post(shop, staff, Some(post)),
            Op::Dismiss { shop, staff } => self.change_post(shop, staff, None),
            Op::Prune => self.prune(now),
        };
        self.keys.push((now, None));
        Some(answer)
    }

    pub fn voucher(&self, (order, n): VoucherName) -> Option<&Voucher> {
        self.orders.get(&order)?.vouchers.get(usize::from(n))
    }

    fn voucher_mut(&mut self, (order, n): VoucherName) -> &mut Voucher {
        let order = self.orders.get_mut(&order).expect("a known order");
        &mut order.vouchers[usize::from(n)]
    }
}
