//! A merchant hands in a licence or qualification for the platform to judge.

use kernel::{CertificationId, Ctx, MediaId, MerchantId, Timestamp};
use store::{Fail, Tx, sql};

use crate::events::CertificationSubmitted;
use crate::model::{CertificationStatus, Role};
use crate::{NOT_FOUND, check, queries, require_staff};

/// A document and its picture.
#[derive(Debug, Clone)]
pub struct SubmitCertification {
    /// Whose.
    pub merchant: MerchantId,
    /// Code of the kind, `business_license`.
    pub kind: String,
    /// Number on the document.
    pub number: String,
    /// A picture of it, recorded as the merchant's.
    pub media: MediaId,
    /// Until when it is valid.
    pub valid_until: Timestamp,
}

/// For managers of the whole merchant and above. Rejects a picture that is not the merchant's and a document
/// that has run out.
pub fn submit_certification(
    tx: &mut Tx,
    ctx: &Ctx,
    cmd: &SubmitCertification,
) -> Result<CertificationId, Fail> {
    check::code("/kind", &cmd.kind)?;
    check::some_text("/number", &cmd.number, 80)?;
    check::valid_until(cmd.valid_until, ctx.now)?;
    require_staff(tx, ctx, cmd.merchant, None, Role::Manager)?;
    let media = queries::media(tx, cmd.media)?.filter(|media| media.owner == cmd.merchant.uuid());
    media.ok_or_else(|| NOT_FOUND.at("/media", "this merchant has recorded no such file"))?;
    let certification: CertificationId = ctx.new_id();
    tx.tell(sql!(
        "INSERT INTO certification (id, merchant_id, kind, number, media_id, status, valid_until, submitted_at,
                                    note, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 1)",
        certification,
        cmd.merchant,
        &cmd.kind,
        &cmd.number,
        cmd.media,
        CertificationStatus::Submitted.as_str(),
        cmd.valid_until,
        ctx.now
    ))?;
    let submitted = CertificationSubmitted {
        certification,
        merchant: cmd.merchant,
    };
    tx.emit(ctx, certification, 1, &submitted)?;
    Ok(certification)
}
