//! Many rows in one statement. Their number is split into powers of two, so that there are a handful of statements for
//! the database to prepare and keep.

use std::fmt::Write as _;

/// Rows of one statement at most; both databases take 32 766 parameters or more.
const MOST: usize = 128;

/// Splits rows into pieces of 128, 64, …, 2 and 1.
pub fn pieces<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        if rows.is_empty() {
            return None;
        }
        let size = MOST.min(1 << rows.len().ilog2());
        let (piece, rest) = rows.split_at(size);
        rows = rest;
        Some(piece)
    })
}

/// `$5, $6, $7` for the numbers from `first` on.
pub fn placeholders(first: usize, count: usize) -> String {
    let mut text = String::with_capacity(count * 6);
    for number in first..first + count {
        let comma = if number == first { "" } else { ", " };
        // Writing to a string cannot fail.
        let _ = write!(text, "{comma}${number}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{pieces, placeholders};

    #[test]
    fn pieces_are_powers_of_two_and_leave_nothing_out() {
        let rows: Vec<usize> = (0..300).collect();
        for count in [0, 1, 2, 3, 127, 128, 129, 300] {
            let all: Vec<_> = pieces(&rows[..count]).collect();
            assert!(all.iter().all(|piece| piece.len().is_power_of_two() && piece.len() <= 128));
            assert_eq!(all.concat(), &rows[..count]);
        }
    }

    #[test]
    fn parameters_are_counted_from_one() {
        assert_eq!(placeholders(3, 2), "$3, $4");
    }
}
