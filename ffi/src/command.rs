//! Commands: whatever a document can say.

use std::ffi::c_void;

use crate::guard;
use crate::status::NX_OK;
use crate::take::take;
use crate::types::{nx_buf, nx_call, nx_db, nx_error, nx_status};

/// Does what a command says, and answers in MongoDB's shape: `{"count": "orders", "query": {"total": 42}}` answers
/// `{"n": 1, "ok": 1}`.
///
/// The commands are `ping hello buildInfo`, `create drop collMod renameCollection listCollections dropDatabase`,
/// `find count distinct explain`, `insert update delete findAndModify`, `createIndexes dropIndexes listIndexes`,
/// `collStats dbStats validate`; each is the document's first field, and a field that it has not is an error.
/// The answer of a command that reads has all documents at once (`cursor.firstBatch`), and that of writes of which some
/// fail has `writeErrors`. The call's `cancel` can keep a command from beginning; to stop one, give it `maxTimeMS`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_command(
    db: *mut nx_db,
    call: *const nx_call,
    command: *const c_void,
    command_len: usize,
    out: *mut nx_buf,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(call, (command, command_len) => out, err);
    guard::enter(&mut err, |scene| {
        let database = scene.database(db)?;
        let call = call.look_up(scene)?;
        let command = command.needed(call.format, "command")?;
        let told = call.run(&database, |db| db.run_command(&command), |tx| tx.run_command(&command))?;
        out.answer_made(&call, &told)?;
        Ok(NX_OK)
    })
}
