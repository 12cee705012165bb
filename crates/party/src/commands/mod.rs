//! One file a command, or a command and the one that undoes it.

mod add_staff;
mod add_store;
mod change_staff;
mod count_code;
mod decide_certification;
mod erase_person;
mod franchise;
mod grant_operator;
mod import_merchants;
mod membership;
mod note_device;
mod record_media;
mod register_device;
mod register_merchant;
mod request_code;
mod revoke_staff;
mod sign_in_with_code;
mod sign_in_with_password;
mod sign_out;
mod submit_certification;
mod suspend_merchant;
mod update_merchant;
mod update_person;

pub use add_staff::{AddStaff, add_staff};
pub use add_store::{AddStore, UpdateStore, add_store, update_store};
pub use change_staff::{ChangeRole, SetStaffPassword, change_role, set_staff_password};
pub use count_code::{CodeCap, count_code};
pub use decide_certification::{
    CERTIFICATION_EXPIRES, DecideCertification, ExpireCertification, decide_certification,
    expire_certification,
};
pub use erase_person::erase_person;
pub use franchise::{
    AcceptFranchise, EndFranchise, OfferFranchise, accept_franchise, end_franchise, offer_franchise,
};
pub use grant_operator::{GrantOperator, RevokeOperator, grant_operator, revoke_operator};
pub use import_merchants::{ImportMerchants, ImportOutcome, ImportRow, MAX_IMPORT_ROWS, import_merchants};
pub use membership::{JoinMembership, LeaveMembership, join_membership, leave_membership};
pub use note_device::note_device;
pub use record_media::{RecordMedia, record_media};
pub use register_device::{RegisterDevice, RevokeDevice, register_device, revoke_device};
pub use register_merchant::{MerchantRegistered, RegisterMerchant, register_merchant};
pub use request_code::{CodeSent, RequestCode, request_code};
pub use revoke_staff::{RevokeStaff, revoke_staff};
pub use sign_in_with_code::{SignIn, SignInWithCode, sign_in_with_code};
pub use sign_in_with_password::{
    CountPasswordMiss, SignInWithPassword, count_password_miss, sign_in_with_password,
};
pub use sign_out::{EndSession, EndSessions, SignOut, end_session, end_sessions, prune_sessions, sign_out};
pub use submit_certification::{SubmitCertification, submit_certification};
pub use suspend_merchant::{ReinstateMerchant, SuspendMerchant, reinstate_merchant, suspend_merchant};
pub use update_merchant::{UpdateMerchant, update_merchant};
pub use update_person::{UpdatePerson, update_person};
