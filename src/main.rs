//! Hands the arguments to the command line and returns its exit code.

fn main() -> backtrail::cli::Exit {
    backtrail::cli::run()
}
