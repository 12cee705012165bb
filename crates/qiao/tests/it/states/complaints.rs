//! What a buyer complains of.

use feedback::{
    AnswerComplaint, ComplaintKind, ComplaintStatus, DecideComplaint, EndComplaintTurn, EscalateComplaint,
    GiveBack, OpenComplaint, Statement, WithdrawComplaint, queries,
};
use kernel::{Actor, ComplaintId, DAY_US, OrderId, PersonId, RedemptionId};
use party::testing::{NOW, ctx, ctx_at};

use super::act::{Act, act};
use super::machine::Machine;
use super::world::World;

/// A visit, and what its buyer complains of.
#[derive(Clone)]
pub struct Complained {
    guest: PersonId,
    order: OrderId,
    redemption: RedemptionId,
    complaint: ComplaintId,
}

pub const COMPLAINT: Machine<ComplaintStatus, Complained> = Machine {
    name: "Complaint",
    states: &ComplaintStatus::ALL,
    named: ComplaintStatus::as_str,
    bring: |w, status| {
        let complained = w.complained();
        match status {
            ComplaintStatus::Open => {}
            ComplaintStatus::Answered => w.done(w.answer_complaint(&complained, false)),
            ComplaintStatus::Escalated => w.escalated(&complained),
            ComplaintStatus::Settled => {
                w.done(w.answer_complaint(&complained, false));
                w.done(w.end_complaint_turn(&complained));
            }
            ComplaintStatus::Upheld => {
                w.escalated(&complained);
                w.done(w.decide_complaint(&complained, true));
            }
            ComplaintStatus::Dismissed => {
                w.escalated(&complained);
                w.done(w.decide_complaint(&complained, false));
            }
            ComplaintStatus::Withdrawn => w.done(w.withdraw_complaint(&complained)),
        }
        complained
    },
    look: |read, of| Ok(queries::complaint(read, of.complaint)?.unwrap().status),
    tries: &[
        |w, c| w.open_complaint(c.guest, c.order).with("again").probe(),
        |w, c| w.answer_complaint(c, false).with("with words").probe(),
        |w, c| w.answer_complaint(c, true).with("with the visit's money").probe(),
        |w, c| w.escalate_complaint(c).probe(),
        |w, c| w.withdraw_complaint(c).probe(),
        |w, c| w.decide_complaint(c, true).with("for the buyer").probe(),
        |w, c| w.decide_complaint(c, false).with("for the merchant").probe(),
        |w, c| w.end_complaint_turn(c).with("in time").probe(),
    ],
};

impl World {
    pub fn complained(&self) -> Complained {
        let (guest, redemption) = self.visit().of();
        let found = self.read(move |read| consume::queries::redemption(read, redemption));
        let order = found.unwrap().order;
        Complained {
            guest,
            order,
            redemption,
            complaint: self.done(self.open_complaint(guest, order)),
        }
    }

    pub fn open_complaint(&self, guest: PersonId, order: OrderId) -> Act<ComplaintId> {
        let kind = ComplaintKind::Quality;
        let says = says("The soup was cold.");
        let input = OpenComplaint { order, kind, says };
        act(ctx(Actor::Consumer(guest)), feedback::open_complaint, input)
    }

    pub fn answer_complaint(&self, of: &Complained, refunds: bool) -> Act<()> {
        let input = AnswerComplaint {
            complaint: of.complaint,
            says: says("We are sorry."),
            give_back: GiveBack {
                redemptions: refunds.then_some(of.redemption).into_iter().collect(),
                security_claim: false,
            },
        };
        act(ctx(self.shop.as_owner()), feedback::answer_complaint, input)
    }

    pub fn escalate_complaint(&self, of: &Complained) -> Act<()> {
        let input = EscalateComplaint {
            complaint: of.complaint,
            says: says("That is not enough."),
        };
        act(
            ctx(Actor::Consumer(of.guest)),
            feedback::escalate_complaint,
            input,
        )
    }

    pub fn withdraw_complaint(&self, of: &Complained) -> Act<()> {
        let complaint = of.complaint;
        let as_guest = ctx(Actor::Consumer(of.guest));
        act(
            as_guest,
            feedback::withdraw_complaint,
            WithdrawComplaint { complaint },
        )
    }

    pub fn decide_complaint(&self, of: &Complained, uphold: bool) -> Act<()> {
        let input = DecideComplaint {
            complaint: of.complaint,
            uphold,
            text: "The photo shows it.".to_owned(),
            give_back: GiveBack::default(),
        };
        act(ctx(self.admin), feedback::decide_complaint, input)
    }

    pub fn end_complaint_turn(&self, of: &Complained) -> Act<bool> {
        let complaint = of.complaint;
        let later = ctx_at(NOW.plus_us(7 * DAY_US), Actor::System);
        act(
            later,
            feedback::end_complaint_turn,
            EndComplaintTurn { complaint },
        )
    }

    pub fn escalated(&self, of: &Complained) {
        self.done(self.answer_complaint(of, false));
        self.done(self.escalate_complaint(of));
    }
}

fn says(text: &str) -> Statement {
    Statement {
        text: text.to_owned(),
        media: Vec::new(),
    }
}
