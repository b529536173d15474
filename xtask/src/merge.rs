//! Merges identical functions of a WebAssembly module.
//!
//! Generic code often compiles to identical functions for several types, which call identical
//! functions in turn; the linker keeps all of them.

use std::cmp::Reverse;
use std::collections::HashMap;

use anyhow::{Context, Result};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{
    CodeSectionReader, FunctionBody, FunctionSectionReader, Operator, Parser, Payload, TypeRef,
};

/// A function without the indices of the functions that it calls.
#[derive(PartialEq, Eq, Hash)]
struct Shape {
    ty: u32,
    /// Locals and instructions, without the indices of functions.
    code: Vec<u8>,
}

/// A function that the module defines.
struct Function {
    shape: usize,
    /// Indices of the functions in its instructions.
    callees: Vec<u32>,
}

/// The module without functions that are identical to an earlier one.
pub fn merge(module: &[u8]) -> Result<Vec<u8>> {
    let (imported, functions) = read(module).context("cannot read the functions")?;
    let mut merger = Merger::new(imported, &classes(imported, &functions), &functions);
    let mut merged = Module::new();
    merger
        .parse_core_module(&mut merged, Parser::new(0), module)
        .map_err(|error| anyhow::anyhow!("cannot write the module: {error}"))?;
    Ok(merged.finish())
}

/// The number of imported functions, and the functions that the module defines.
fn read(module: &[u8]) -> Result<(u32, Vec<Function>)> {
    let (mut imported, mut types, mut functions) = (0, Vec::new(), Vec::new());
    let mut shapes = HashMap::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::FunctionSection(section) => {
                types = section.into_iter().collect::<Result<Vec<u32>, _>>()?;
            }
            Payload::CodeSectionEntry(body) => {
                let ty = types[functions.len()];
                let (code, callees) = split(module, &body)?;
                let next = shapes.len();
                let shape = *shapes.entry(Shape { ty, code }).or_insert(next);
                functions.push(Function { shape, callees });
            }
            _ => {}
        }
    }
    Ok((imported, functions))
}

/// Splits a body into its bytes and the indices of functions in them.
fn split(module: &[u8], body: &FunctionBody<'_>) -> Result<(Vec<u8>, Vec<u32>)> {
    let mut operators = body.get_operators_reader()?;
    let mut code = module[body.range().start..operators.original_position()].to_vec();
    let mut callees = Vec::new();
    while !operators.eof() {
        let start = operators.original_position();
        let operator = operators.read()?;
        let bytes = &module[start..operators.original_position()];
        match operator {
            Operator::Call { function_index } | Operator::RefFunc { function_index } => {
                callees.push(function_index);
                code.push(bytes[0]);
            }
            _ => code.extend_from_slice(bytes),
        }
    }
    Ok((code, callees))
}

/// The class of each function that the module defines: the functions of a class have one shape, and
/// call functions of the same classes. Classes are split until this holds, so that identical
/// functions that call each other are found too.
fn classes(imported: u32, functions: &[Function]) -> Vec<usize> {
    let mut classes: Vec<usize> = functions.iter().map(|function| function.shape).collect();
    let mut count = 0;
    loop {
        let mut known = HashMap::new();
        let split: Vec<usize> = functions
            .iter()
            .zip(&classes)
            .map(|(function, &class)| {
                let callees: Vec<(bool, usize)> = function
                    .callees
                    .iter()
                    .map(|&callee| match callee.checked_sub(imported) {
                        Some(own) => (true, classes[own as usize]),
                        None => (false, callee as usize),
                    })
                    .collect();
                let next = known.len();
                *known.entry((class, callees)).or_insert(next)
            })
            .collect();
        if known.len() == count {
            return split;
        }
        count = known.len();
        classes = split;
    }
}

/// Writes the module with the first function of each class.
struct Merger {
    imported: u32,
    /// The new index of each function that the module defines.
    places: Vec<u32>,
    /// The functions that are kept, in their new order.
    kept: Vec<usize>,
}

/// How many functions have an index of one byte, and of at most two bytes, in LEB128.
const SHORT: [usize; 2] = [1 << 7, 1 << 14];

impl Merger {
    /// Functions that are called from most places get the shortest indices; otherwise the order
    /// stays, as neighbours are alike and so compress well.
    fn new(imported: u32, classes: &[usize], functions: &[Function]) -> Self {
        let mut firsts = HashMap::new();
        for (at, &class) in classes.iter().enumerate() {
            firsts.entry(class).or_insert(at);
        }
        let mut kept: Vec<usize> = firsts.values().copied().collect();
        kept.sort_unstable();
        let mut uses = vec![0; functions.len()];
        for callee in kept.iter().flat_map(|&at| &functions[at].callees) {
            if let Some(own) = callee.checked_sub(imported) {
                uses[firsts[&classes[own as usize]]] += 1;
            }
        }
        let mut ranked = kept.clone();
        ranked.sort_by_key(|&at| Reverse(uses[at]));
        let mut bytes = vec![0; functions.len()];
        for (rank, at) in ranked.into_iter().enumerate() {
            bytes[at] = SHORT.iter().filter(|&&most| rank + imported as usize >= most).count();
        }
        kept.sort_by_key(|&at| bytes[at]);
        let places: HashMap<usize, u32> =
            kept.iter().enumerate().map(|(new, &at)| (at, imported + new as u32)).collect();
        let places = classes.iter().map(|class| places[&firsts[class]]).collect();
        Self { imported, places, kept }
    }
}

impl Reencode for Merger {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error> {
        Ok(match function.checked_sub(self.imported) {
            Some(own) => self.places[own as usize],
            None => function,
        })
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error> {
        let types = section.into_iter().collect::<Result<Vec<u32>, _>>()?;
        for &at in &self.kept {
            functions.function(types[at]);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error> {
        let bodies = section.into_iter().collect::<Result<Vec<FunctionBody<'_>>, _>>()?;
        for at in self.kept.clone() {
            utils::parse_function_body(self, code, bodies[at].clone())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        CodeSection, ElementSection, Elements, ExportKind, ExportSection, Function,
        FunctionSection, Instruction, Module, RefType, TableSection, TableType, TypeSection,
        ValType,
    };

    use super::*;

    /// Functions of one type, each of which adds a number to the result of another one.
    fn module(functions: &[(Option<u32>, i32)], exports: &[(&str, u32)]) -> Vec<u8> {
        let (mut types, mut declared, mut code) =
            (TypeSection::new(), FunctionSection::new(), CodeSection::new());
        types.ty().function([], [ValType::I32]);
        for &(callee, number) in functions {
            declared.function(0);
            let mut body = Function::new([]);
            body.instruction(&Instruction::I32Const(number));
            if let Some(callee) = callee {
                body.instruction(&Instruction::Call(callee)).instruction(&Instruction::I32Add);
            }
            body.instruction(&Instruction::End);
            code.function(&body);
        }
        let mut tables = TableSection::new();
        tables.table(TableType {
            element_type: RefType::FUNCREF,
            minimum: functions.len() as u64,
            maximum: None,
            table64: false,
            shared: false,
        });
        let all: Vec<u32> = (0..functions.len() as u32).collect();
        let mut elements = ElementSection::new();
        let start = wasm_encoder::ConstExpr::i32_const(0);
        elements.active(None, &start, Elements::Functions(all.into()));
        let mut exported = ExportSection::new();
        for &(name, index) in exports {
            exported.export(name, ExportKind::Func, index);
        }
        let mut module = Module::new();
        module.section(&types).section(&declared).section(&tables);
        module.section(&exported).section(&elements).section(&code);
        module.finish()
    }

    fn code(module: &[u8]) -> Vec<Vec<u8>> {
        let bodies =
            Parser::new(0).parse_all(module).filter_map(|payload| match payload.unwrap() {
                Payload::CodeSectionEntry(body) => Some(body.as_bytes().to_vec()),
                _ => None,
            });
        bodies.collect()
    }

    fn exports(module: &[u8]) -> Vec<(String, u32)> {
        let sections =
            Parser::new(0).parse_all(module).filter_map(|payload| match payload.unwrap() {
                Payload::ExportSection(section) => Some(section),
                _ => None,
            });
        let export = sections.flatten().map(|export| export.unwrap());
        export.map(|export| (export.name.to_string(), export.index)).collect()
    }

    #[test]
    fn identical_functions_are_merged() {
        let before = module(
            &[
                (None, 7),
                (None, 7),
                (Some(0), 1),
                (Some(1), 1),
                (None, 8),
                (Some(4), 1),
                // two that call each other, as two others do
                (Some(7), 3),
                (Some(6), 3),
                (Some(9), 3),
                (Some(8), 3),
            ],
            &[("a", 2), ("b", 3), ("c", 5), ("d", 9)],
        );
        let after = module(
            &[(None, 7), (Some(0), 1), (None, 8), (Some(2), 1), (Some(4), 3)],
            &[("a", 1), ("b", 1), ("c", 3), ("d", 4)],
        );
        let merged = merge(&before).unwrap();
        // The table still has a place for each, so only its contents differ from those of the
        // smaller module.
        assert_eq!(code(&merged), code(&after));
        assert_eq!(exports(&merged), exports(&after));
        assert_eq!(merge(&merged).unwrap(), merged);
    }

    #[test]
    fn frequent_functions_get_short_indices() {
        let mut functions: Vec<_> = (0..200).map(|number| (None, number)).collect();
        functions.extend((0..3).map(|number| (Some(199), number)));
        let merged = merge(&module(&functions, &[("most", 199), ("first", 0)])).unwrap();
        let found = exports(&merged);
        assert_eq!(found, [("most".into(), 127), ("first".into(), 0)]);
    }

    #[test]
    fn a_module_without_duplicates_is_unchanged() {
        let only = module(&[(None, 1), (None, 2), (Some(0), 1)], &[("a", 2)]);
        assert_eq!(merge(&only).unwrap(), only);
    }
}
