//! The commands, a file each.

mod check;
mod checkpoint;
mod collections;
mod command;
mod count;
mod create;
mod create_index;
mod delete;
mod drop;
mod drop_index;
mod explain;
mod export;
mod find;
mod import;
mod indexes;
mod info;
mod insert;
mod update;

use crate::args::Command;
use crate::demo;
use crate::failure::Done;
use crate::output::Output;

/// Does what was typed.
pub(crate) fn run(command: &Command, out: &mut Output) -> Done {
    match command {
        Command::Create(args) => create::run(args, out),
        Command::Import(args) => import::run(args, out),
        Command::Export(args) => export::run(args, out),
        Command::Insert(args) => insert::run(args, out),
        Command::Find(args) => find::run(args, out),
        Command::Count(args) => count::run(args, out),
        Command::Update(args) => update::run(args, out),
        Command::Delete(args) => delete::run(args, out),
        Command::Drop(args) => drop::run(args, out),
        Command::CreateIndex(args) => create_index::run(args, out),
        Command::Indexes(args) => indexes::run(args, out),
        Command::DropIndex(args) => drop_index::run(args, out),
        Command::Collections(db) => collections::run(db, out),
        Command::Run(args) => command::run(args, out),
        Command::Info(db) => info::run(db, out),
        Command::Check(db) => check::run(db, out),
        Command::Checkpoint(db) => checkpoint::run(db, out),
        Command::Demo(args) => demo::run(args, out),
    }
}
