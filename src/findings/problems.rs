//! Things that could not be read.

use super::Finding;
use crate::problem::Problem;

impl Finding for Vec<Problem> {
    fn merge(&mut self, mut other: Self) {
        self.append(&mut other);
    }

    fn put_in_order(&mut self) {
        self.sort();
    }
}
