//! What a complaint is, how long whose turn lasts, and the one way in which it goes on.

use kernel::{
    ComplaintId, Ctx, DAY_US, MediaId, MerchantId, OfferId, OrderId, PersonId, RedemptionId, StoreId,
    Timestamp,
};
use store::{Fail, Lock, StorageError, Tx, sql, to_json};
use uuid::Uuid;

use crate::commands::END_COMPLAINT_TURN;
use crate::decide::{check_pictures, clean_text};
use crate::{COMPLAINT_INVALID, COMPLAINT_STATUS, ComplaintChanged, queries};

/// How many visits one answer or decision gives back at most.
pub const MAX_VISITS: usize = 20;

/// How long the merchant has for an answer. Then it is the platform's turn.
const ANSWER_US: i64 = 3 * DAY_US;

/// How long the buyer has to go on after an answer or a decision. Then it stands.
const GO_ON_US: i64 = 7 * DAY_US;

/// What a buyer complains of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComplaintKind {
    /// It was not what the offer said.
    NotAsDescribed,
    /// It was not good enough, or not safe.
    Quality,
    /// How the guest was treated.
    Service,
    /// The store did not honour the voucher or the booking.
    NotHonoured,
    /// Money that was asked, kept or claimed wrongly.
    Charge,
    /// Something else.
    Other,
}

/// Where a complaint stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComplaintStatus {
    /// It is the merchant's turn.
    Open,
    /// The merchant answered; the buyer may still go to the platform.
    Answered,
    /// It is the platform's turn.
    Escalated,
    /// The merchant's answer stands.
    Settled,
    /// The platform found the buyer right.
    Upheld,
    /// The platform found the buyer wrong; they may appeal once.
    Dismissed,
    /// The buyer took it back.
    Withdrawn,
}

/// Who takes a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComplaintSide {
    /// The buyer.
    Guest,
    /// Somebody of the merchant.
    Merchant,
    /// An operator.
    Operator,
    /// Nobody: a time ran out.
    System,
}

/// A buyer's complaint about an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Its id.
    pub id: ComplaintId,
    /// About which order.
    pub order: OrderId,
    /// Who complains.
    pub person: PersonId,
    /// About whom.
    pub merchant: MerchantId,
    /// About what was bought.
    pub offer: OfferId,
    /// About which store, if all visits of the order were at one, or it is booked there.
    pub store: Option<StoreId>,
    /// Of what.
    pub kind: ComplaintKind,
    /// Where it stands.
    pub status: ComplaintStatus,
    /// Until when it is whose turn it is; `None` when it is the platform's, or it is over.
    pub due_at: Option<Timestamp>,
    /// The operator who decided first.
    pub decided_by: Option<PersonId>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// Rises with every step.
    pub version: i64,
}

/// What somebody did in a complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComplaintStep {
    /// From 1.
    pub n: i64,
    /// Who.
    pub side: ComplaintSide,
    /// Which of them; nobody if a time ran out.
    pub person: Option<PersonId>,
    /// What the complaint was then.
    pub status: ComplaintStatus,
    /// What was said.
    pub text: String,
    /// What was shown.
    pub media: Vec<MediaId>,
    /// What was given back, in minor units of the order's currency.
    pub refunded: i64,
    /// When.
    pub at: Timestamp,
}

/// What a side says and shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statement {
    /// 1 to [`crate::MAX_TEXT`] characters.
    pub text: String,
    /// Its own pictures, at most [`crate::MAX_PICTURES`].
    pub media: Vec<MediaId>,
}

/// What goes back to the buyer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GiveBack {
    /// Visits of the order that stand, at most [`MAX_VISITS`]: all that was paid for them.
    pub redemptions: Vec<RedemptionId>,
    /// What the merchant claimed of the security deposit.
    pub security_claim: bool,
}

impl ComplaintKind {
    /// Every kind, for tables and tests.
    pub const ALL: [Self; 6] = [
        Self::NotAsDescribed,
        Self::Quality,
        Self::Service,
        Self::NotHonoured,
        Self::Charge,
        Self::Other,
    ];

    /// As stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotAsDescribed => "not_as_described",
            Self::Quality => "quality",
            Self::Service => "service",
            Self::NotHonoured => "not_honoured",
            Self::Charge => "charge",
            Self::Other => "other",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl ComplaintStatus {
    /// Every status, for tables and tests.
    pub const ALL: [Self; 7] = [
        Self::Open,
        Self::Answered,
        Self::Escalated,
        Self::Settled,
        Self::Upheld,
        Self::Dismissed,
        Self::Withdrawn,
    ];

    /// Those in which somebody is to do something.
    pub(crate) const RUNNING: [Self; 3] = [Self::Open, Self::Answered, Self::Escalated];

    /// As stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Escalated => "escalated",
            Self::Settled => "settled",
            Self::Upheld => "upheld",
            Self::Dismissed => "dismissed",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

impl ComplaintSide {
    const ALL: [Self; 4] = [Self::Guest, Self::Merchant, Self::Operator, Self::System];

    /// As stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Merchant => "merchant",
            Self::Operator => "operator",
            Self::System => "system",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|side| side.as_str() == text)
    }
}

impl Complaint {
    /// Whether the platform was asked a second time.
    pub fn is_appealed(&self) -> bool {
        self.decided_by.is_some() && self.status == ComplaintStatus::Escalated
    }

    /// Whether somebody is to do something.
    pub(crate) fn is_running(&self) -> bool {
        ComplaintStatus::RUNNING.contains(&self.status)
    }

    /// Whether it was taken back before anybody had a word about it, as if it had not been opened.
    pub(crate) fn is_unanswered(&self) -> bool {
        self.status == ComplaintStatus::Withdrawn && self.version == 2
    }

    /// Refuses what is not possible where it stands.
    pub(crate) fn require(&self, statuses: &[ComplaintStatus]) -> Result<(), Fail> {
        if statuses.contains(&self.status) {
            return Ok(());
        }
        let detail = format!("The complaint is {}.", self.status.as_str());
        Err(COMPLAINT_STATUS.because(detail).into())
    }

    /// The rows that each of its commands claims.
    pub(crate) fn locks(id: ComplaintId) -> Vec<Lock> {
        vec![Lock::row("complaint", id)]
    }

    /// The complaint, locked; as for another's, which is not told from none.
    pub(crate) fn locked(tx: &mut Tx, id: ComplaintId) -> Result<Self, Fail> {
        tx.lock(&Self::locks(id));
        Ok(queries::complaint(tx, id)?.ok_or_else(|| party::NOT_FOUND.plain())?)
    }
}

impl Statement {
    /// Words alone.
    pub(crate) fn of_words(text: &str) -> Result<Self, Fail> {
        let text = clean_text(&COMPLAINT_INVALID, text)?;
        if text.is_empty() {
            return Err(COMPLAINT_INVALID.at("/text", "Say what happened.").into());
        }
        Ok(Self {
            text,
            media: Vec::new(),
        })
    }

    /// What is kept of it. Whoever says it has uploaded what they show, as one of these.
    pub(crate) fn checked(&self, tx: &mut Tx, owners: &[Uuid]) -> Result<Self, Fail> {
        let words = Self::of_words(&self.text)?;
        check_pictures(&COMPLAINT_INVALID, &self.media)?;
        party::require_own_media(tx, &COMPLAINT_INVALID, owners, &self.media)?;
        Ok(Self {
            media: self.media.clone(),
            ..words
        })
    }
}

/// One step, as it is taken.
pub(crate) struct NewStep {
    pub by: (ComplaintSide, Option<PersonId>),
    pub becomes: ComplaintStatus,
    pub says: Statement,
    pub refunded: i64,
}

/// Until when the turn lasts that begins with a status.
pub(crate) fn due_at(ctx: &Ctx, becomes: ComplaintStatus, is_final: bool) -> Option<Timestamp> {
    let lasts_us = match becomes {
        ComplaintStatus::Open => ANSWER_US,
        ComplaintStatus::Answered => GO_ON_US,
        ComplaintStatus::Dismissed if !is_final => GO_ON_US,
        ComplaintStatus::Dismissed
        | ComplaintStatus::Escalated
        | ComplaintStatus::Settled
        | ComplaintStatus::Upheld
        | ComplaintStatus::Withdrawn => return None,
    };
    Some(ctx.now.plus_us(lasts_us))
}

/// Takes a step in a complaint that is locked.
pub(crate) fn take_step(tx: &mut Tx, ctx: &Ctx, of: &Complaint, step: &NewStep) -> Result<(), Fail> {
    let (side, person) = step.by;
    let decides = person.filter(|_| side == ComplaintSide::Operator);
    let due_at = due_at(ctx, step.becomes, of.decided_by.is_some());
    let changed = tx.claim(sql!(
        "UPDATE complaint SET status = $1, due_at = $2, decided_by = COALESCE(decided_by, $3), version = version + 1
         WHERE id = $4 AND version = $5",
        step.becomes.as_str(),
        due_at,
        decides,
        of.id,
        of.version
    ))?;
    if changed == 0 {
        return Err(StorageError::bug("a complaint changed although it is locked").into());
    }
    match due_at {
        Some(due_at) => tx.set_timer(END_COMPLAINT_TURN, of.id, due_at)?,
        None => drop(tx.clear_timer(END_COMPLAINT_TURN, of.id)?),
    }
    record_step(tx, ctx, of, step, of.version + 1)
}

/// Keeps and tells a step that was taken.
pub(crate) fn record_step(
    tx: &mut Tx,
    ctx: &Ctx,
    of: &Complaint,
    step: &NewStep,
    n: i64,
) -> Result<(), Fail> {
    let (side, person) = step.by;
    tx.tell(sql!(
        "INSERT INTO complaint_step (complaint_id, n, side, person_id, status, text, media, refunded, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        of.id,
        n,
        side.as_str(),
        person,
        step.becomes.as_str(),
        step.says.text.clone(),
        to_json(&step.says.media)?,
        step.refunded,
        ctx.now
    ))?;
    let changed = ComplaintChanged {
        complaint: of.id,
        order: of.order,
        person: of.person,
        merchant: of.merchant,
        store: of.store,
        side: side.as_str().to_owned(),
        status: step.becomes.as_str().to_owned(),
        refunded: step.refunded,
    };
    Ok(tx.emit(ctx, of.id, n, &changed)?)
}
