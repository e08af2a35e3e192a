/** Installs from the lockfile when what is installed is not what it says. Throws when npm fails. */
export function installPackages(root: string, mode: 'start' | 'test'): void;
/** Makes the links inside the PostgreSQL package that its install script makes, where they are missing. */
export function repairPostgresLinks(root: string): void;
