//! What can happen in a step, as plain data: a run is a list of these, which can be written down, cut shorter
//! and lived again. A thing is named after the step that made it, so that leaving other steps out does not
//! rename it; a step whose things were never made is left out too.

use kernel::Timestamp;

use super::booked::Seat;

/// The number of a step. It keeps it when others are left out.
pub(crate) type No = u32;

/// The number of the n-th step of a life. The one after it is free for what a step makes two of.
pub(crate) fn number_of(n: u32) -> No {
    2 * n
}

/// The second order of a cart is named so.
pub(crate) fn second_of(no: No) -> No {
    no + 1
}

/// The most seats that anybody names.
pub(crate) const MOST_SEATS: usize = 7;

/// What a step made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Name {
    Wallet(No),
    Link(No),
    /// Made by hand, or with the link of this step.
    Entry(No),
    Order(No),
    /// Of its leader's order.
    Group(No),
    Booking(No),
    WaitlistEntry(No),
    Showing(No),
    QueueTicket(No),
    Attempt(No),
    Voucher(No, u8),
    Redemption(No),
    /// Of the redemption.
    Review(No),
    /// Or of the order that was given back with its group, or as its showing was called off.
    Refund(No),
    Payout(No),
    /// Somebody of a shop.
    Staff(usize, Staff),
    /// Of the good, which has one from the beginning.
    Agreement(usize),
}

/// A voucher: of which order, and which of its vouchers.
pub(crate) type VoucherName = (No, u8);

/// Who stands at a counter: the owner, or a clerk of the first store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Staff {
    Owner,
    /// Who was there from the beginning.
    Clerk,
    /// Who was hired in that step.
    Hired(No),
}

/// What a clerk may do at the first store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Post {
    Cashier,
    Manager,
}

/// What the provider has to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum News {
    /// The payment that was made in this step.
    Paid(No),
    /// The payer's bank took it back.
    ChargedBack(No),
    /// And gave it back.
    Reversed(No),
    /// An attempt at a payment came to nothing.
    NotPaid(No),
    /// What became of a try at a refund, from 1.
    Refund(No, usize),
    /// What became of a try at a payout, from 1.
    Transfer(No, usize),
}

impl News {
    /// What it is about. A payment happened outside; the attempt for which it was is older than that.
    fn name(self) -> Option<Name> {
        match self {
            Self::Paid(_) | Self::ChargedBack(_) | Self::Reversed(_) => None,
            Self::NotPaid(attempt) => Some(Name::Attempt(attempt)),
            Self::Refund(refund, _) => Some(Name::Refund(refund)),
            Self::Transfer(payout, _) => Some(Name::Payout(payout)),
        }
    }
}

/// How something that proves itself is made that must not be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forgery {
    /// Signed with another secret.
    Secret(News),
    /// Signed with the provider's own secret, which somebody came to know, but not what happened: a lie of this kind.
    Leaked(News, usize),
    /// The provider's own delivery under another name, to be taken twice.
    Renamed(News),
    /// Its body changed, in the byte that is so many from the start.
    Changed(News, usize),
    /// The provider's own delivery, so many microseconds later; or before its time.
    Replayed(News, i64),
    /// A voucher's QR as it was so many microseconds ago: a screenshot.
    Screenshot(VoucherName, i64),
    /// A voucher's QR shown by a phone that it is not bound to.
    OtherPhone(VoucherName),
}

/// A deed. People, shops, goods, coupons and stores are indexes into the [`super::world::World`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Claim {
        person: usize,
        coupon: usize,
    },
    /// By the coupon's code of this number, or by one with a wrong letter.
    ClaimCode {
        person: usize,
        coupon: usize,
        number: i64,
        mistyped: bool,
    },
    /// Of the shop, or not any more.
    Member {
        person: usize,
        shop: usize,
        joins: bool,
    },
    Share {
        person: usize,
        good: usize,
    },
    /// A shop puts up a poster, or the platform does.
    OpenEntry {
        shop: Option<usize>,
    },
    /// By the shop's owner, or by the platform.
    CloseEntry {
        entry: No,
        shop: Option<usize>,
    },
    /// People come in through an entry, or by an address that nobody gave out.
    Visit {
        entry: Option<No>,
        good: Option<usize>,
        count: usize,
    },
    Place(Place),
    /// Two orders of the first one's buyer, both or none.
    Cart([Place; 2]),
    Cancel {
        person: usize,
        order: No,
    },
    Book(Book),
    BookWithCard(BookWithCard),
    JoinWaitlist(JoinWaitlist),
    /// The worker found something free, or thought so.
    OfferPlace {
        entry: No,
    },
    /// What is held for the entry.
    TakePlace {
        entry: No,
        place: Place,
    },
    LeaveWaitlist {
        person: usize,
        entry: No,
    },
    /// The shop keeps all units of some resources for itself.
    Keep {
        shop: usize,
        staff: Staff,
        resources: [usize; 2],
        from: Timestamp,
        until: Timestamp,
    },
    Move {
        by: By,
        booking: No,
        when: When,
        resource: Option<usize>,
        seats: Option<Seats>,
    },
    /// Of an open ticket.
    ChooseSeats {
        by: By,
        voucher: VoucherName,
        seats: Seats,
    },
    CancelBooking {
        by: By,
        booking: No,
        with_reason: bool,
    },
    NoShow {
        by: By,
        booking: No,
    },
    Arrive {
        by: By,
        booking: No,
    },
    /// Its owner puts on a showing of a good that has some, from this minute of this day since 1970 on.
    Schedule {
        good: usize,
        day: i64,
        minute: i64,
        length: i64,
        /// What a seat in the box costs more.
        surcharge: i64,
    },
    CallOff {
        shop: usize,
        staff: Staff,
        showing: No,
        with_reason: bool,
    },
    Start {
        person: usize,
        order: No,
    },
    /// The first store of a shop gives out numbers in these lines, or none.
    SetQueue {
        shop: usize,
        staff: Staff,
        is_open: bool,
        lines: usize,
    },
    /// Somebody takes a number there, or the staff gives one out.
    JoinQueue {
        by: By,
        shop: usize,
        party: i64,
    },
    Call {
        shop: usize,
        staff: Staff,
        whom: Whom,
    },
    /// They sit, or did not come.
    EndTicket {
        shop: usize,
        staff: Staff,
        ticket: No,
        seated: bool,
    },
    LeaveQueue {
        person: usize,
        ticket: No,
    },
    /// The customer pays at the provider. Qiao hears of it later.
    PayOutside {
        attempt: No,
        amount: i64,
    },
    /// The payer's bank takes a payment back: what is left of it, or the whole.
    ChargeBackOutside {
        payment: No,
        whole: bool,
    },
    /// And gives it back.
    ReverseOutside {
        payment: No,
    },
    /// The provider tells, in a delivery that it signed, or Qiao asks after it.
    Hear {
        news: News,
        asked: bool,
    },
    /// Somebody forges.
    Forge(Forgery),
    RefundVoucher {
        person: usize,
        voucher: VoucherName,
    },
    Redeem {
        shop: usize,
        staff: Staff,
        store: usize,
        voucher: VoucherName,
        /// So many at once, if they say.
        uses: Option<i64>,
    },
    Bind {
        person: usize,
        voucher: VoucherName,
        phone: usize,
    },
    /// A QR of this binding is scanned with a network.
    Scan {
        shop: usize,
        staff: Staff,
        store: usize,
        voucher: VoucherName,
        binding: u32,
        uses: Option<i64>,
    },
    /// A scanner is on the network again: it sends a scan, and perhaps one that it sent in an earlier step.
    Sync {
        shop: usize,
        store: usize,
        scan: Scan,
        again: Option<(No, Scan)>,
    },
    TypeNonsense {
        shop: usize,
        staff: Staff,
    },
    Undo {
        shop: usize,
        staff: Staff,
        redemption: No,
    },
    RefundRedeemed {
        shop: usize,
        by_operator: bool,
        redemption: No,
    },
    SendRefund {
        refund: No,
    },
    /// The provider makes up its mind about the last try at a refund.
    RefundOutside {
        refund: No,
        succeeds: bool,
    },
    Propose {
        shop: usize,
        second: bool,
    },
    /// Finance books what the shop has paid in.
    PayIn {
        shop: usize,
        amount: i64,
    },
    Approve {
        payout: No,
        second: bool,
    },
    TransferOutside {
        payout: No,
        succeeds: bool,
    },
    Retry {
        payout: No,
    },
    /// Timers.
    Release {
        order: No,
    },
    CloseGroup {
        group: No,
    },
    Remind {
        booking: No,
    },
    Lapse {
        booking: No,
    },
    RefundShowing {
        showing: No,
    },
    EndWaiting {
        entry: No,
    },
    Expire {
        voucher: VoucherName,
    },
    PostRebate {
        redemption: No,
    },
    Review {
        person: usize,
        redemption: No,
        stars: i64,
    },
    Reply {
        shop: usize,
        staff: Staff,
        redemption: No,
    },
    /// An operator hides a review or shows it again; without a reason nobody may.
    Moderate {
        redemption: No,
        hide: bool,
        with_reason: bool,
    },
    /// What goes on without being asked: a worker does all that there is to do. It dies after so many of its
    /// commands and begins again.
    Work {
        worker: Worker,
        dies_after: Option<usize>,
    },
    /// The house.
    StopCoupon {
        coupon: usize,
    },
    ChangeStock {
        good: usize,
        capacity: i64,
    },
    /// Another one of its two, for those who book from now on.
    ChangePolicy {
        good: usize,
        policy: usize,
    },
    Pause {
        good: usize,
    },
    Resume {
        good: usize,
    },
    /// By one side of it.
    EndAgreement {
        good: usize,
        by_platform: bool,
    },
    /// Timers.
    AgreementStarts {
        good: usize,
    },
    AgreementEnds {
        good: usize,
    },
    Suspend {
        shop: usize,
    },
    Reinstate {
        shop: usize,
    },
    Hire {
        shop: usize,
    },
    /// Whoever has the clerk's login.
    SignIn {
        shop: usize,
    },
    ChangePost {
        shop: usize,
        staff: Staff,
        post: Post,
    },
    Dismiss {
        shop: usize,
        staff: Staff,
    },
    /// Forgets what is only kept for a while.
    Prune,
}

/// Who does what nobody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Worker {
    /// Tells people what happened.
    Messages,
    /// Withdraws the reviews of visits that were taken back.
    Reviews,
    /// Carries the journal forward.
    Balances,
}

/// An order, with everything that a cheat may get wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub person: usize,
    pub good: usize,
    pub quantity: i64,
    /// Coupons, one twice now and then.
    pub wallets: [Option<No>; 3],
    /// The step that first asked for the link.
    pub link: Option<No>,
    /// Where the buyer says to have come from.
    pub entry: Option<No>,
    pub use_rebate: bool,
    pub group: Option<GroupChoice>,
    pub expected: Option<i64>,
}

/// A booking, with everything that a cheat may get wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Book {
    pub place: Place,
    pub store: usize,
    pub when: When,
    pub party: i64,
    /// Only with this, of all that are in the world.
    pub resource: Option<usize>,
    pub seats: Option<Seats>,
}

/// A booking for uses of a card, with everything that a cheat may get wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BookWithCard {
    pub person: usize,
    pub card: VoucherName,
    pub good: usize,
    pub store: usize,
    pub when: When,
    pub party: i64,
    pub resource: Option<usize>,
}

/// Seats of a showing, as somebody names them: one after the other, whether they are there or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seats {
    pub showing: No,
    pub named: [Option<Seat>; MOST_SEATS],
}

/// What somebody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct JoinWaitlist {
    pub person: usize,
    pub good: usize,
    pub store: usize,
    /// Of a visit the first time, and so much later the last.
    pub when: When,
    pub later_us: i64,
    pub party: i64,
    pub resource: Option<usize>,
}

/// For when something is booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    At(Timestamp),
    /// From this day since 1970 on.
    Nights {
        from: i64,
        nights: i64,
        rooms: i64,
    },
}

/// Who does something with a booking, or takes a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Guest(usize),
    Staff(usize, Staff),
}

/// Who is called to a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whom {
    /// In a line.
    Next(char),
    Ticket(No),
}

/// In which group an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GroupChoice {
    /// In one of its own.
    Open,
    /// In that of a leader.
    Join(No),
}

/// A QR that was scanned without a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scan {
    pub voucher: VoucherName,
    pub binding: u32,
    pub at: Timestamp,
}

/// What goes wrong around a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// COMMIT is not sent; the lane runs the command again.
    CommitFails,
    /// COMMIT succeeded, but nobody hears of it; the lane finds the answer.
    AnswerLost,
    /// The process dies before COMMIT. It starts again, and the client repeats the request.
    CrashBefore,
    /// The process dies after COMMIT and before the answer.
    CrashAfter,
    /// The client repeats a request that was answered.
    Repeated,
    /// The client sends something else under the same key.
    KeyReused,
}

/// One step of a life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub no: No,
    pub at: Timestamp,
    /// Around the commit that this step ends.
    pub fault: Fault,
    /// It waits in the lane, and shares its commit with the step that comes next.
    pub waits: bool,
    pub op: Op,
}

impl By {
    /// Of the staff; guests were there from the beginning.
    fn name(self) -> Option<Name> {
        match self {
            Self::Guest(_) => None,
            Self::Staff(shop, staff) => Some(Name::Staff(shop, staff)),
        }
    }
}

impl Place {
    fn names(&self) -> impl Iterator<Item = Name> + use<> {
        let wallets = self.wallets.into_iter().flatten().map(Name::Wallet);
        let link = self.link.map(Name::Link);
        let entry = self.entry.map(Name::Entry);
        let group = match self.group {
            Some(GroupChoice::Join(group)) => Some(Name::Group(group)),
            Some(GroupChoice::Open) | None => None,
        };
        wallets.chain(link).chain(entry).chain(group)
    }
}

impl Op {
    /// Everything that it names.
    pub fn names(&self) -> Vec<Name> {
        let voucher = |(order, n)| Name::Voucher(order, n);
        match *self {
            Self::Place(place) => place.names().collect(),
            Self::Book(Book { place, seats, .. }) => {
                let showing = seats.map(|seats| Name::Showing(seats.showing));
                place.names().chain(showing).collect()
            }
            Self::TakePlace { entry, place } => place.names().chain([Name::WaitlistEntry(entry)]).collect(),
            Self::Cart(places) => places.iter().flat_map(Place::names).collect(),
            Self::Move {
                by, booking, seats, ..
            } => {
                let showing = seats.map(|seats| Name::Showing(seats.showing));
                let names = [Name::Booking(booking)].into_iter();
                names.chain(by.name()).chain(showing).collect()
            }
            Self::ChooseSeats {
                by,
                voucher: name,
                seats,
            } => {
                let names = [voucher(name), Name::Showing(seats.showing)];
                names.into_iter().chain(by.name()).collect()
            }
            Self::CancelBooking { by, booking, .. }
            | Self::NoShow { by, booking }
            | Self::Arrive { by, booking } => [Name::Booking(booking)].into_iter().chain(by.name()).collect(),
            Self::Keep { shop, staff, .. } => vec![Name::Staff(shop, staff)],
            Self::CallOff {
                shop, staff, showing, ..
            } => vec![Name::Showing(showing), Name::Staff(shop, staff)],
            Self::RefundShowing { showing } => vec![Name::Showing(showing)],
            Self::SetQueue { shop, staff, .. }
            | Self::Call {
                shop,
                staff,
                whom: Whom::Next(_),
            } => vec![Name::Staff(shop, staff)],
            Self::JoinQueue { by, .. } => by.name().into_iter().collect(),
            Self::Call {
                shop,
                staff,
                whom: Whom::Ticket(ticket),
            }
            | Self::EndTicket {
                shop, staff, ticket, ..
            } => vec![Name::QueueTicket(ticket), Name::Staff(shop, staff)],
            Self::LeaveQueue { ticket, .. } => vec![Name::QueueTicket(ticket)],
            Self::CloseEntry { entry, .. } => vec![Name::Entry(entry)],
            Self::Visit { entry, .. } => entry.map(Name::Entry).into_iter().collect(),
            Self::Cancel { order, .. } | Self::Start { order, .. } | Self::Release { order } => {
                vec![Name::Order(order)]
            }
            Self::CloseGroup { group } => vec![Name::Group(group)],
            Self::Remind { booking } | Self::Lapse { booking } => vec![Name::Booking(booking)],
            Self::BookWithCard(book) => vec![voucher(book.card)],
            Self::OfferPlace { entry } | Self::LeaveWaitlist { entry, .. } | Self::EndWaiting { entry } => {
                vec![Name::WaitlistEntry(entry)]
            }
            Self::PayOutside { attempt, .. } => vec![Name::Attempt(attempt)],
            Self::Hear { news, .. }
            | Self::Forge(
                Forgery::Secret(news)
                | Forgery::Renamed(news)
                | Forgery::Leaked(news, _)
                | Forgery::Changed(news, _)
                | Forgery::Replayed(news, _),
            ) => news.name().into_iter().collect(),
            Self::RefundVoucher { voucher: name, .. }
            | Self::Bind { voucher: name, .. }
            | Self::Sync {
                scan: Scan { voucher: name, .. },
                ..
            }
            | Self::Expire { voucher: name }
            | Self::Forge(Forgery::Screenshot(name, _) | Forgery::OtherPhone(name)) => vec![voucher(name)],
            Self::Redeem {
                shop,
                staff,
                voucher: name,
                ..
            }
            | Self::Scan {
                shop,
                staff,
                voucher: name,
                ..
            } => vec![voucher(name), Name::Staff(shop, staff)],
            Self::Undo {
                shop,
                staff,
                redemption,
            } => vec![Name::Redemption(redemption), Name::Staff(shop, staff)],
            Self::RefundRedeemed { redemption, .. }
            | Self::Review { redemption, .. }
            | Self::PostRebate { redemption } => vec![Name::Redemption(redemption)],
            Self::Reply {
                shop,
                staff,
                redemption,
            } => vec![Name::Review(redemption), Name::Staff(shop, staff)],
            Self::Moderate { redemption, .. } => vec![Name::Review(redemption)],
            Self::TypeNonsense { shop, staff }
            | Self::ChangePost { shop, staff, .. }
            | Self::Dismiss { shop, staff } => vec![Name::Staff(shop, staff)],
            Self::SendRefund { refund } | Self::RefundOutside { refund, .. } => vec![Name::Refund(refund)],
            Self::Approve { payout, .. } | Self::Retry { payout } | Self::TransferOutside { payout, .. } => {
                vec![Name::Payout(payout)]
            }
            Self::ChargeBackOutside { .. }
            | Self::ReverseOutside { .. }
            | Self::Claim { .. }
            | Self::ClaimCode { .. }
            | Self::Member { .. }
            | Self::Share { .. }
            | Self::JoinWaitlist(_)
            | Self::Schedule { .. }
            | Self::OpenEntry { .. }
            | Self::Work { .. }
            | Self::Propose { .. }
            | Self::PayIn { .. }
            | Self::StopCoupon { .. }
            | Self::ChangeStock { .. }
            | Self::ChangePolicy { .. }
            | Self::Pause { .. }
            | Self::Resume { .. }
            | Self::EndAgreement { .. }
            | Self::AgreementStarts { .. }
            | Self::AgreementEnds { .. }
            | Self::Suspend { .. }
            | Self::Reinstate { .. }
            | Self::Hire { .. }
            | Self::SignIn { .. }
            | Self::Prune => Vec::new(),
        }
    }
}
