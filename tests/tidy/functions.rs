//! The length of functions and the number of their parameters.

use syn::visit::Visit;
use syn::{Block, ImplItemFn, ItemFn, Signature, TraitItemFn};

use super::code::{File, line};

/// The longest function, in lines from `fn` to the closing brace.
const LINES: usize = 60;

/// The most parameters of a function, `self` included.
const PARAMETERS: usize = 5;

/// Returns every function that is too long or takes too much.
pub fn large_functions(files: &[File]) -> Vec<String> {
    let mut functions = Functions::default();
    for file in files {
        functions.path.clone_from(&file.path);
        functions.visit_file(file.syntax());
    }
    functions.breaches
}

#[derive(Default)]
struct Functions {
    path: String,
    breaches: Vec<String>,
}

impl Functions {
    fn check(&mut self, signature: &Signature, body: Option<&Block>) {
        let start = line(&signature.fn_token);
        let name = &signature.ident;
        let parameters = signature.inputs.len();
        if parameters > PARAMETERS {
            self.breaches.push(format!(
                "{}:{start}: `{name}` has {parameters} parameters",
                self.path
            ));
        }
        let end = body.map_or(start, |body| body.brace_token.span.close().start().line);
        let lines = end - start + 1;
        if lines > LINES {
            self.breaches
                .push(format!("{}:{start}: `{name}` has {lines} lines", self.path));
        }
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.check(&function.sig, Some(&function.block));
        syn::visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.check(&function.sig, Some(&function.block));
        syn::visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast TraitItemFn) {
        self.check(&function.sig, function.default.as_ref());
        syn::visit::visit_trait_item_fn(self, function);
    }
}

#[test]
fn long_functions_are_reported_wherever_they_are() {
    let long = |lines: usize| format!("{{\n{}    }}\n", "        step();\n".repeat(lines));
    let text = [
        format!(
            "fn long(\n    a: u8,\n)\nwhere\n    u8: Copy,\n{}",
            long(54)
        ),
        format!(
            "fn just(\n    a: u8,\n)\nwhere\n    u8: Copy,\n{}",
            long(53)
        ),
        format!("impl A {{\n    fn method(&self) {}}}\n", long(59)),
        format!("trait B {{\n    fn default(&self) {}}}\n", long(59)),
        format!("fn outer() {{\n    fn nested() {}}}\n", long(59)),
        format!("#[cfg(test)]\nmod tests {{\n    fn test() {}}}\n", long(99)),
    ];
    let file = File::new("src/a.rs", &text.concat());
    assert_eq!(
        large_functions(&[file]),
        [
            "src/a.rs:1: `long` has 61 lines",
            "src/a.rs:123: `method` has 61 lines",
            "src/a.rs:186: `default` has 61 lines",
            "src/a.rs:248: `outer` has 63 lines",
            "src/a.rs:249: `nested` has 61 lines",
        ]
    );
}

#[test]
fn functions_with_many_parameters_are_reported() {
    let text = "fn six(
            a: u8,
            b: (u8, u8),
            c: u8,
            d: u8,
            e: u8,
            f: u8,
        ) {}
        fn five(a: (u8, u8), b: [u8; 2], c: fn(u8, u8), d: A<u8, u8>, e: u8) {}
        trait B {
            fn six_with_self(&self, a: u8, b: u8, c: u8, d: u8, e: u8);
        }";
    let file = File::new("src/a.rs", text);
    assert_eq!(
        large_functions(&[file]),
        [
            "src/a.rs:1: `six` has 6 parameters",
            "src/a.rs:11: `six_with_self` has 6 parameters",
        ]
    );
}
