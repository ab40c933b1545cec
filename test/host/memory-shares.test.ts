import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HOST, settled, withCommitted } from "../support/committed.js";
import type { CommittedProject } from "../support/committed.js";

const test = suite("exports and shares that the files no longer declare");

const SHARES = `
export data { path = "/srv/data", clients = [10.0.0.0/24] }
export kept { path = "/srv/kept", clients = [10.0.0.0/24] }
share media { path = "/srv/media" }
`;
const KEPT = 'export kept { path = "/srv/kept", clients = [10.0.0.0/24] }\n';

const text = ({ host }: CommittedProject, path: string): string =>
  existsSync(join(host.root, path)) ? readFileSync(join(host.root, path), "utf8") : "(none)";

test("their files and blocks are taken away, what is exported follows, and their directories stay", () =>
  withCommitted(async (project) => {
    await project.write(HOST + SHARES);
    await settled(project);
    await project.write(HOST + KEPT);
    const said = await settled(project);
    assert.equal(said.toSorted(), [
      "- host: remove /etc/exports.d/phx-data.exports",
      "- host: remove /etc/samba/phx/media.conf",
      "- host: remove the block share-media from /etc/samba/smb.conf",
    ]);
    assert.is(text(project, "etc/exports.d/phx-data.exports"), "(none)");
    assert.is(text(project, "etc/samba/phx/media.conf"), "(none)");
    assert.not.match(text(project, "etc/samba/smb.conf"), /media/);
    assert.match(text(project, "var/lib/nfs/etab"), /^\/srv\/kept\t10\.0\.0\.0\/24[^\n]*\n$/);
    assert.ok(existsSync(join(project.host.root, "srv/media")) && existsSync(join(project.host.root, "srv/data")));
  }));

test.run();
