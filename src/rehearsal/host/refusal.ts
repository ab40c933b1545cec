/** How a simulated command ends without success: the words go to stderr. Thrown inside the simulated host only. */
export class Refusal extends Error {
  readonly code: number;

  constructor(message: string, code: number) {
    super(message);
    this.name = "Refusal";
    this.code = code;
  }
}

/** The command was killed half-way; what it had done so far stays. */
export class Killed extends Error {
  constructor() {
    super("killed");
    this.name = "Killed";
  }
}

/** Ends the command in Proxmox's words; a newline is added. */
export function refuse(message: string, code = 255): never {
  throw new Refusal(message.endsWith("\n") ? message : `${message}\n`, code);
}
