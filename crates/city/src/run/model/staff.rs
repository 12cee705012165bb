//! Who works at the shops: a clerk at most at each first store, hired, promoted and dismissed by the owner while
//! guests come and go.

use kernel::{HOUR_US, Timestamp};

use super::{Answer, Clerk, Model, Name, No, made, told};
use crate::run::op::{Post, Staff};

const SESSION_US: i64 = 12 * HOUR_US;

impl Model {
    /// The owner may stand anywhere, a clerk in the first store until dismissed.
    pub(super) fn may_stand(&self, shop: usize, staff: Staff, store: usize) -> Result<(), &'static str> {
        self.require(shop, staff, store, Post::Cashier)
    }

    pub(super) fn require(
        &self,
        shop: usize,
        staff: Staff,
        store: usize,
        at_least: Post,
    ) -> Result<(), &'static str> {
        let post = self.clerks.get(&(shop, staff)).and_then(|clerk| clerk.post);
        match staff {
            Staff::Owner => Ok(()),
            Staff::Clerk | Staff::Hired(_) if store == 0 && post >= Some(at_least) => Ok(()),
            Staff::Clerk | Staff::Hired(_) => Err("forbidden"),
        }
    }

    /// Who has the login that each of a shop's clerks is given.
    fn clerk_mut(&mut self, shop: usize) -> Option<&mut Clerk> {
        let of_shop = self
            .clerks
            .range_mut((shop, Staff::Owner)..(shop + 1, Staff::Owner));
        of_shop.map(|(_, clerk)| clerk).find(|clerk| clerk.post.is_some())
    }

    pub(super) fn hire(&mut self, no: No, shop: usize) -> Answer {
        if self.clerk_mut(shop).is_some() {
            return Err("staff_exists");
        }
        let clerk = Clerk {
            post: Some(Post::Cashier),
            sessions: Vec::new(),
        };
        let staff = Staff::Hired(no);
        self.clerks.insert((shop, staff), clerk);
        made("", vec![Name::Staff(shop, staff)])
    }

    pub(super) fn sign_in(&mut self, now: Timestamp, shop: usize) -> Answer {
        let clerk = self.clerk_mut(shop).ok_or("sign_in_refused")?;
        clerk.sessions.push(now.plus_us(SESSION_US));
        told("")
    }

    /// Another post or none, which ends every session.
    pub(super) fn change_post(&mut self, shop: usize, staff: Staff, post: Option<Post>) -> Answer {
        let clerk = self.clerks.get_mut(&(shop, staff));
        let clerk = clerk.filter(|clerk| clerk.post.is_some()).ok_or("not_found")?;
        *clerk = Clerk {
            post,
            sessions: Vec::new(),
        };
        told("")
    }
}
