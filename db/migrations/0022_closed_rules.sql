-- Nobody is appointed to a closed post or stands in for its holder, and no post comes into a closed unit. Who closes one
-- holds its row, so that these wait and then see it.
CREATE FUNCTION refuse_closed_post() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE closed timestamptz;
BEGIN
  SELECT closed_at INTO closed FROM posts WHERE id = NEW.post FOR KEY SHARE;
  IF closed IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = $e$23514$e$, CONSTRAINT = $c$post_closed$c$, MESSAGE = $m$the post is closed$m$;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER appointments_open_post BEFORE INSERT ON appointments FOR EACH ROW EXECUTE FUNCTION refuse_closed_post();
--> statement-breakpoint
CREATE TRIGGER substitutions_open_post BEFORE INSERT ON substitutions FOR EACH ROW EXECUTE FUNCTION refuse_closed_post();
--> statement-breakpoint
CREATE FUNCTION refuse_closed_unit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE closed timestamptz;
BEGIN
  SELECT closed_at INTO closed FROM units WHERE id = NEW.unit FOR KEY SHARE;
  IF closed IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = $e$23514$e$, CONSTRAINT = $c$unit_closed$c$, MESSAGE = $m$the unit is closed$m$;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER posts_open_unit BEFORE INSERT OR UPDATE OF unit ON posts FOR EACH ROW EXECUTE FUNCTION refuse_closed_unit();
