//! The reasons for which the ledger says no.

kernel::reject_table! {
    NOTHING_TO_PAY: Conflict, "nothing_to_pay",
        "The merchant's open lines do not come to anything above zero.",
        "Wait for more redemptions: a negative balance is netted into the next payout by itself.";
    PAY_IN_DIFFERS: Conflict, "pay_in_differs",
        "What the merchant paid in is not what its open lines come to below zero.",
        "Read what is open; a merchant pays in the whole of what it owes up to a time.";
    PAYOUT_NOT_PROPOSED: Conflict, "payout_not_proposed",
        "Only a proposed payout can be approved.",
        "Read the payout's status; an approved one needs nothing more.";
    PAYOUT_NEEDS_ANOTHER_OPERATOR: Forbidden, "payout_needs_another_operator",
        "Whoever proposed a payout may not approve it.",
        "Ask another operator of finance to approve it.";
    PAYOUT_OVER_BALANCE: Conflict, "payout_over_balance",
        "More was refunded or charged back since than was sold: the payout is more than the merchant is owed.",
        "Approve it once later sales have made up for that.";
    PAYOUT_NOT_APPROVED: Conflict, "payout_not_approved",
        "No transfer of this payout can have been sent or come back.",
        "Approve the payout first; what the bank sends back after it was paid is a return.";
    PAYOUT_NOT_FAILED: Conflict, "payout_not_failed",
        "Only a payout whose transfer failed can be retried.",
        "Wait for the transfer that is on its way, or approve the payout first.";
    PAYOUT_NOT_PAID: Conflict, "payout_not_paid",
        "Only a payout that arrived can come back from the bank.",
        "Read the payout's status; a transfer that never arrived has failed, and is retried.";
}
