//! placeholder: backup
