//! Where and when a test makes a lane fail.

use std::sync::Mutex;

use crate::StorageError;

/// A place where a test makes a lane fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultPoint {
    /// The batch was run but COMMIT is not sent.
    BeforeCommit,
    /// COMMIT succeeded but its answer is lost.
    AfterCommit,
    /// The lane lost its connection and gets no other: to those who wait, the process is dead.
    Connecting,
}

/// The faults that a lane is to meet, in order. Empty in production.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Vec<FaultPoint>>);

impl Faults {
    /// The next batch that reaches this point fails there.
    pub fn plan(&self, point: FaultPoint) {
        self.0.lock().unwrap_or_else(|e| e.into_inner()).push(point);
    }

    pub(crate) fn strike(&self, point: FaultPoint) -> Result<(), StorageError> {
        let mut planned = self.0.lock().unwrap_or_else(|e| e.into_inner());
        if planned.first() == Some(&point) {
            planned.remove(0);
            return Err(StorageError::lost(format!("planned fault: {point:?}")));
        }
        Ok(())
    }
}
