//! The popup as data: structure, text, order, roles and focus, decided here and only drawn by the shell.

pub mod popup;
pub mod texts;
